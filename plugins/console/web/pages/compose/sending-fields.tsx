/** Sender, maximum rate and priority of a campaign. */
import { errorText } from '../../api/client.ts'
import {
  channelNames,
  type Priority,
  priorityNames,
  type Transliteration,
  transliterationNames,
} from '../../api/types.ts'
import { Field } from '../../components/field.tsx'
import { useSenders } from '../../hooks/use-senders.ts'
import { type Draft, wrongRate } from './draft.ts'

type Sending = Pick<Draft, 'channel' | 'sender' | 'maxRate' | 'priority' | 'transliteration'>

interface SendingFieldsProps {
  readonly value: Sending
  readonly onChange: (changes: Partial<Sending>) => void
}

export function SendingFields({ value, onChange }: SendingFieldsProps) {
  const { maxRate, priority } = value
  return (
    <>
      <SenderChoice value={value} onChange={onChange} />
      <div className="field-row">
        <Field label="Maximum rate" hint="Messages per second; empty for no limit." problem={wrongRate(maxRate)}>
          {(field) => (
            <input
              {...field}
              inputMode="decimal"
              autoComplete="off"
              maxLength={12}
              value={maxRate}
              onChange={(event) => onChange({ maxRate: event.target.value })}
            />
          )}
        </Field>
        <Field label="Priority" hint="Share of the sender’s rate while other campaigns use it too.">
          {(field) => (
            <select
              {...field}
              value={priority}
              onChange={(event) => onChange({ priority: event.target.value as Priority })}
            >
              {Object.entries(priorityNames).map(([one, name]) => (
                <option key={one} value={one}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      {value.channel === 'sms' && <CharacterChoice value={value} onChange={onChange} />}
    </>
  )
}

function CharacterChoice({ value: { transliteration }, onChange }: SendingFieldsProps) {
  return (
    <Field
      label="Characters"
      hint="Where all of a message then fits the SMS alphabet, a part holds 160 characters instead of 70. The dry run says what it saves."
    >
      {(field) => (
        <select
          {...field}
          value={transliteration}
          onChange={(event) => onChange({ transliteration: event.target.value as Transliteration })}
        >
          {Object.entries(transliterationNames).map(([one, name]) => (
            <option key={one} value={one}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

function SenderChoice({ value: { channel, sender }, onChange }: SendingFieldsProps) {
  const { data, error } = useSenders()
  const able = (data ?? []).filter(({ channels }) => channels.includes(channel)).map(({ name }) => name)
  // A chosen sender that is gone or not listed yet stays in the list.
  const names = sender && !able.includes(sender) ? [sender, ...able] : able
  const problem =
    error !== undefined
      ? `The senders could not be listed: ${errorText(error)}`
      : sender && data && !able.includes(sender)
        ? `There is no sender “${sender}” for ${channelNames[channel]}`
        : undefined
  return (
    <Field
      label="Sender"
      hint={`Automatic: the first sender of the ${channelNames[channel]} route that can send.`}
      problem={problem}
    >
      {(field) => (
        <select {...field} value={sender} onChange={(event) => onChange({ sender: event.target.value })}>
          <option value="">Automatic</option>
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
