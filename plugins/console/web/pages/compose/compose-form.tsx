/** The form: what is written, to whom, when, and the two ways to be done with it. */
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { type Channel, channelNames, channels } from '../../api/types.ts'
import { Field } from '../../components/field.tsx'
import { Icon } from '../../components/icon.tsx'
import { notify } from '../../components/notices.tsx'
import { Problem } from '../../components/states.tsx'
import { TestSenderBadge } from '../../components/waiting.tsx'
import { useAction } from '../../hooks/use-action.ts'
import { count, plural } from '../../text/format.ts'
import { toIso } from '../../text/local-time.ts'
import { AudienceChoice } from './audience-choice.tsx'
import { type Audience, type Draft, sizeOf } from './draft.ts'
import { Preview } from './preview.tsx'
import { Schedule } from './schedule.tsx'
import { save, sendTo } from './submit.ts'
import { TemplateEditor } from './template-editor.tsx'

interface ComposeFormProps {
  /** Of the draft that is changed. */
  readonly id?: number
  readonly initial: Draft
  /** Whom it has already. */
  readonly recipients?: number
}

export function ComposeForm({ id, initial, recipients = 0 }: ComposeFormProps) {
  const [draft, setDraft] = useState(initial)
  const [audience, setAudience] = useState<Audience>({ by: 'none' })
  // A draft that was saved before its sending failed is not made twice.
  const [saved, setSaved] = useState(id)
  const [, navigate] = useLocation()
  const action = useAction()
  const change = (changes: Partial<Draft>) => setDraft({ ...draft, ...changes })
  const size = sizeOf(audience)
  const scheduled = toIso(draft.scheduledAt)
  const written = draft.name.trim() !== '' && draft.template.trim() !== ''
  const submit = (withRecipients: boolean) =>
    action.run(async () => {
      const campaign = await save(saved, draft)
      setSaved(campaign.id)
      if (withRecipients) notify(`${plural(await sendTo(campaign.id, audience), 'recipient')} queued`)
      else notify('The campaign is saved')
      navigate(`/campaigns/${campaign.id}`)
    })
  return (
    <>
      <div className="page-head">
        <div>
          <p className="crumb">
            <Link href="/campaigns">Campaigns</Link>
          </p>
          <h1>{id === undefined ? 'New campaign' : 'Edit campaign'}</h1>
        </div>
      </div>
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
              <p className="muted">{plural(recipients, 'customer')} chosen before; others are added to them.</p>
            )}
            <AudienceChoice audience={audience} onChange={setAudience} />
          </section>
          <section className="card">
            <h2>When</h2>
            <Schedule value={draft.scheduledAt} onChange={(scheduledAt) => change({ scheduledAt })} />
          </section>
        </div>
        <aside className="compose-side" aria-label="Preview">
          <Preview channel={draft.channel} template={draft.template} />
        </aside>
        <div className="compose-bar">
          <p className="muted">
            {size
              ? `${plural(size, 'recipient')}, ${scheduled ? 'at the time above' : 'at once'}`
              : 'Without recipients it is saved as a draft'}
          </p>
          <Problem>{action.problem}</Problem>
          <div className="action-row">
            <button
              type="button"
              className="button"
              disabled={!written || action.busy}
              onClick={() => void submit(false)}
            >
              {size ? 'Save only' : 'Save draft'}
            </button>
            <button
              type="button"
              className="button button-primary"
              disabled={!written || action.busy || !size}
              onClick={() => void submit(true)}
            >
              <Icon name="send" />
              {action.busy ? 'Working …' : deed(size, scheduled !== undefined)}
            </button>
          </div>
        </div>
      </form>
    </>
  )
}

/** What the button does, in its own words. */
function deed(size: number | undefined, later: boolean): string {
  if (!size) return later ? 'Schedule' : 'Send'
  return `${later ? 'Schedule for' : 'Send to'} ${count(size)}`
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
