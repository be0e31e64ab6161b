/** Fields of the form: name, channel, text, recipients and time. */
import { type Channel, channelNames, channels } from '../../api/types.ts'
import { Field } from '../../components/field.tsx'
import { TestSenderBadge } from '../../components/waiting.tsx'
import { plural } from '../../text/format.ts'
import { ApprovedTemplateFields } from './approved-template.tsx'
import { AudienceChoice } from './audience-choice.tsx'
import type { Draft } from './draft.ts'
import { LanguageChoice } from './language-choice.tsx'
import { PurposeChoice } from './purpose-choice.tsx'
import { Schedule } from './schedule.tsx'
import { SendingFields } from './sending-fields.tsx'
import { TemplateEditor } from './template-editor.tsx'
import type { WorkState } from './use-work.ts'

interface ComposeFieldsProps {
  readonly work: Pick<WorkState, 'draft' | 'audience' | 'change' | 'setAudience'>
  /** Existing recipients of the campaign. */
  readonly recipients: number
  /** Language whose text is written; undefined: the default. */
  readonly language: string | undefined
  readonly onLanguage: (language: string | undefined) => void
}

export function ComposeFields({ work, recipients, language, onLanguage }: ComposeFieldsProps) {
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
        <PurposeChoice value={draft.purpose} onChange={(purpose) => change({ purpose })} />
      </section>
      <section className="card">
        <TextFields draft={draft} change={change} language={language} onLanguage={onLanguage} />
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

interface TextFieldsProps extends Pick<ComposeFieldsProps, 'language' | 'onLanguage'> {
  readonly draft: Draft
  readonly change: WorkState['change']
}

/** Approved template, or a text for each language. */
function TextFields({ draft, change, language, onLanguage }: TextFieldsProps) {
  const { channel, template, texts } = draft
  const isCopy = channel === 'whatsapp' && draft.approved !== null
  return (
    <>
      {channel === 'whatsapp' && <ApprovedTemplateFields value={draft} onChange={change} />}
      {!isCopy && (
        <LanguageChoice
          texts={texts}
          chosen={language}
          onChoose={onLanguage}
          onChange={(changed) => change({ texts: changed })}
        />
      )}
      <TemplateEditor
        channel={channel}
        language={language}
        value={language === undefined ? template : (texts[language] ?? '')}
        isCopy={isCopy}
        onChange={(text) =>
          change(language === undefined ? { template: text } : { texts: { ...texts, [language]: text } })
        }
      />
    </>
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
