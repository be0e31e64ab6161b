/** The form: text, recipients and time of a campaign; saves it, tests it and sends it. */
import { useState } from 'react'
import { PageHead } from '../../components/page-head.tsx'
import { useAction } from '../../hooks/use-action.ts'
import { momentOf } from '../../text/chosen-time.ts'
import { plural } from '../../text/format.ts'
import { TestSend } from '../campaign/test-send.tsx'
import { ComposeBar } from './compose-bar.tsx'
import { ComposeFields } from './compose-fields.tsx'
import { changesOf, type Draft, sentTexts, transliterationOf } from './draft.ts'
import { LeaveDialog } from './leave-dialog.tsx'
import { Preview } from './preview.tsx'
import { Restored } from './restored.tsx'
import { SendDialog } from './send-dialog.tsx'
import { useSteps } from './use-steps.ts'
import { useWork, type WorkState } from './use-work.ts'

interface ComposeFormProps {
  readonly title: string
  /** Key under which unsaved work is kept. */
  readonly page: string
  /** Id of the campaign that is edited. */
  readonly id?: number
  readonly initial: Draft
  /** Existing recipients of the campaign. */
  readonly recipients?: number
}

export function ComposeForm({ title, page, id, initial, recipients = 0 }: ComposeFormProps) {
  const work = useWork(page, { id, draft: initial })
  const { draft, audience } = work
  const [asked, setAsked] = useState<'send' | 'save' | 'test'>()
  const action = useAction()
  const { saveDraft, saveOnly, send, stayWithSaved } = useSteps(work, id)
  const [chosen, setLanguage] = useState<string>()
  const sent = sentTexts(draft)
  const language = chosen !== undefined && Object.hasOwn(sent, chosen) ? chosen : undefined
  const reachesPeople = recipients > 0 && changesWhatIsSent(initial, draft)
  const closeTest = () => {
    setAsked(undefined)
    stayWithSaved()
  }
  return (
    <>
      <PageHead list={['/campaigns', 'Campaigns']} title={title} />
      {work.restored && <Restored audience={audience} onDiscard={work.discard} />}
      <form className="compose" onSubmit={(event) => event.preventDefault()}>
        <ComposeFields work={work} recipients={recipients} language={language} onLanguage={setLanguage} />
        <aside className="compose-side" aria-label="Preview">
          <Preview
            channel={draft.channel}
            template={draft.template}
            texts={sent}
            language={language}
            transliteration={transliterationOf(draft)}
            audience={audience}
          />
        </aside>
        <ComposeBar
          draft={draft}
          audience={audience}
          recipients={recipients}
          action={action}
          onSave={() => (reachesPeople ? setAsked('save') : void action.run(saveOnly))}
          onTest={() => setAsked('test')}
          onSend={() => setAsked('send')}
        />
      </form>
      {asked === 'test' && (
        <TestSend
          channel={draft.channel}
          languages={Object.keys(sent)}
          note={noteOnSaving(reachesPeople ? recipients : 0)}
          prepare={saveDraft}
          onClose={closeTest}
        />
      )}
      {(asked === 'send' || asked === 'save') && (
        <SendDialog
          draft={draft}
          audience={asked === 'send' ? audience : { by: 'none' }}
          recipients={recipients}
          {...(asked === 'send' && !reachesPeople ? { prepare: saveDraft } : {})}
          onTransliterate={(transliteration) => work.change({ transliteration })}
          onConfirm={asked === 'send' ? send : saveOnly}
          onClose={() => setAsked(undefined)}
        />
      )}
      <LeaveGuard work={work} />
    </>
  )
}

/** True where saving alone changes what people will get, or when. */
function changesWhatIsSent(initial: Draft, draft: Draft): boolean {
  const time = momentOf(draft.scheduledAt)?.time.getTime() ?? 0
  return time > Date.now() && Object.keys(changesOf(initial, draft)).some((name) => name !== 'name')
}

/** @param recipients who get the version that is saved before the test, at the campaign's time */
const noteOnSaving = (recipients: number): string =>
  recipients > 0
    ? `Your changes are saved first: ${plural(recipients, 'person', 'people')} get the new version at the scheduled time.`
    : 'The campaign is saved as a draft first.'

function LeaveGuard({ work: { guard, finish } }: { readonly work: WorkState }) {
  const discard = () => {
    finish()
    guard.leave()
  }
  return guard.asking && <LeaveDialog onStay={guard.stay} onLeave={guard.leave} onDiscard={discard} />
}
