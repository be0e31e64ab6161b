/** The form: text, recipients and time of a campaign; saves it, tests it and sends it. */
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { type Channel, channelNames, channels } from '../../api/types.ts'
import { Field } from '../../components/field.tsx'
import { notify } from '../../components/notices.tsx'
import { TestSenderBadge } from '../../components/waiting.tsx'
import { useAction } from '../../hooks/use-action.ts'
import { momentOf } from '../../text/chosen-time.ts'
import { plural } from '../../text/format.ts'
import { TestSend } from '../campaign/test-send.tsx'
import { AudienceChoice } from './audience-choice.tsx'
import { ComposeBar } from './compose-bar.tsx'
import { changesOf, type Draft } from './draft.ts'
import { LeaveDialog } from './leave-dialog.tsx'
import { Preview } from './preview.tsx'
import { Restored } from './restored.tsx'
import { Schedule } from './schedule.tsx'
import { SendDialog } from './send-dialog.tsx'
import { save, sendTo } from './submit.ts'
import { TemplateEditor } from './template-editor.tsx'
import { useWork } from './use-work.ts'

interface ComposeFormProps {
  readonly title: string
  /** Names the page for what is kept of it. */
  readonly page: string
  /** Id of the campaign that is edited. */
  readonly id?: number
  readonly initial: Draft
  /** Existing recipients of the campaign. */
  readonly recipients?: number
}

export function ComposeForm({ title, page, id, initial, recipients = 0 }: ComposeFormProps) {
  const work = useWork(page, { id, draft: initial })
  const { draft, audience, change, guard } = work
  const [asked, setAsked] = useState<'send' | 'save' | 'test'>()
  const [, navigate] = useLocation()
  const action = useAction()
  const saveDraft = async () => {
    const campaign = await save(work.saved, draft)
    // A campaign that was saved before a later step failed is not saved twice.
    work.setSaved({ id: campaign.id, draft })
    return campaign.id
  }
  const leaveTo = (campaignId: number, notice: string) => {
    work.finish()
    notify(notice)
    navigate(`/campaigns/${campaignId}`)
  }
  const saveOnly = async () => leaveTo(await saveDraft(), 'Campaign saved')
  const send = async () => {
    const campaignId = await saveDraft()
    leaveTo(campaignId, `${plural(await sendTo(campaignId, audience), 'recipient')} queued`)
  }
  // From now on the page is that of the saved campaign, also after a reload; a chosen file would not survive the change.
  const closeTest = () => {
    setAsked(undefined)
    if (id !== undefined || !work.saved || audience.by === 'file') return
    work.moveTo(String(work.saved.id))
    navigate(`/campaigns/${work.saved.id}/edit`, { replace: true })
  }
  const reachesPeople =
    recipients > 0 &&
    (momentOf(draft.scheduledAt)?.time.getTime() ?? 0) > Date.now() &&
    Object.keys(changesOf(initial, draft)).some((name) => name !== 'name')
  return (
    <>
      <div className="page-head">
        <div>
          <p className="crumb">
            <Link href="/campaigns">Campaigns</Link>
          </p>
          <h1>{title}</h1>
        </div>
      </div>
      {work.restored && <Restored audience={audience} onDiscard={work.discard} />}
      <form className="compose" onSubmit={(event) => event.preventDefault()}>
        <div className="compose-main">
          <section className="card">
            <Field label="Name" hint="For you and your colleagues; customers never see it.">
              {(field) => (
                <input
                  {...field}
                  maxLength={200}
                  value={draft.name}
                  onChange={(event) => change({ name: event.target.value })}
                />
              )}
            </Field>
            <ChannelChoice value={draft.channel} onChange={(channel) => change({ channel })} />
            <TestSenderBadge channel={draft.channel} />
          </section>
          <section className="card">
            <TemplateEditor
              channel={draft.channel}
              value={draft.template}
              onChange={(template) => change({ template })}
            />
          </section>
          <section className="card">
            <h2>Recipients</h2>
            {recipients > 0 && (
              <p className="muted">{plural(recipients, 'person', 'people')} already chosen; you can add more.</p>
            )}
            <AudienceChoice audience={audience} onChange={work.setAudience} />
          </section>
          <section className="card">
            <h2>When</h2>
            <Schedule value={draft} onChange={change} />
          </section>
        </div>
        <aside className="compose-side" aria-label="Preview">
          <Preview channel={draft.channel} template={draft.template} audience={audience} />
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
          note={
            reachesPeople
              ? `Your changes are saved first: ${plural(recipients, 'person', 'people')} get the new version at the scheduled time.`
              : 'The campaign is saved as a draft first.'
          }
          prepare={saveDraft}
          onClose={closeTest}
        />
      )}
      {(asked === 'send' || asked === 'save') && (
        <SendDialog
          draft={draft}
          audience={asked === 'send' ? audience : { by: 'none' }}
          recipients={recipients}
          onConfirm={asked === 'send' ? send : saveOnly}
          onClose={() => setAsked(undefined)}
        />
      )}
      {guard.asking && (
        <LeaveDialog
          onStay={guard.stay}
          onLeave={guard.leave}
          onDiscard={() => {
            work.finish()
            guard.leave()
          }}
        />
      )}
    </>
  )
}

function ChannelChoice({
  value,
  onChange,
}: {
  readonly value: Channel
  readonly onChange: (channel: Channel) => void
}) {
  return (
    <fieldset className="choice">
      <legend>Channel</legend>
      {channels.map((channel) => (
        <label key={channel}>
          <input type="radio" name="channel" checked={value === channel} onChange={() => onChange(channel)} />
          <span>{channelNames[channel]}</span>
        </label>
      ))}
    </fieldset>
  )
}
