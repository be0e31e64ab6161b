/** Fields of the form: name, channel, text, recipients and time. */
import { type Channel, channelNames, channels } from '../../api/types.ts'
import { Field } from '../../components/field.tsx'
import { TestSenderBadge } from '../../components/waiting.tsx'
import { plural } from '../../text/format.ts'
import { ApprovedTemplateFields } from './approved-template.tsx'
import { AudienceChoice } from './audience-choice.tsx'
import { Schedule } from './schedule.tsx'
import { SendingFields } from './sending-fields.tsx'
import { TemplateEditor } from './template-editor.tsx'
import type { WorkState } from './use-work.ts'

interface ComposeFieldsProps {
  readonly work: Pick<WorkState, 'draft' | 'audience' | 'change' | 'setAudience'>
  /** Existing recipients of the campaign. */
  readonly recipients: number
}

export function ComposeFields({ work, recipients }: ComposeFieldsProps) {
  const { draft, audience, change, setAudience } = work
  return (
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
        <ChannelChoice value={draft.channel} onChange={(channel) => change({ channel, sender: '' })} />
        <TestSenderBadge channel={draft.channel} sender={draft.sender} />
      </section>
      <section className="card">
        {draft.channel === 'whatsapp' && <ApprovedTemplateFields value={draft} onChange={change} />}
        <TemplateEditor
          channel={draft.channel}
          value={draft.template}
          isCopy={draft.channel === 'whatsapp' && draft.approved !== null}
          onChange={(template) => change({ template })}
        />
      </section>
      <section className="card">
        <h2>Recipients</h2>
        {recipients > 0 && (
          <p className="muted">{plural(recipients, 'person', 'people')} already chosen; you can add more.</p>
        )}
        <AudienceChoice audience={audience} onChange={setAudience} />
      </section>
      <section className="card">
        <h2>When</h2>
        <Schedule value={draft} onChange={change} />
      </section>
      <section className="card">
        <h2>Sending</h2>
        <SendingFields value={draft} onChange={change} />
      </section>
    </div>
  )
}

interface ChannelChoiceProps {
  readonly value: Channel
  readonly onChange: (channel: Channel) => void
}

function ChannelChoice({ value, onChange }: ChannelChoiceProps) {
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
