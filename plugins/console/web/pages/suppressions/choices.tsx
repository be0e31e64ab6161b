/** Channel and reason with which phones are suppressed. */
import { reasonNames, type Suppression, suppressedChannelNames } from '../../api/types.ts'
import { Field } from '../../components/field.tsx'

export type Reason = Exclude<Suppression['reason'], 'erased'>
export type SuppressedChannel = Suppression['channel']

/** Reasons that a person can give, in the order in which a form offers them. */
export const reasons = ['opt_out', 'complaint', 'manual', 'invalid'] as const satisfies readonly Reason[]
export const suppressedChannels = ['all', 'sms', 'whatsapp'] as const satisfies readonly SuppressedChannel[]

interface ChoicesProps {
  readonly channel: SuppressedChannel
  readonly reason: Reason
  readonly onChannel: (channel: SuppressedChannel) => void
  readonly onReason: (reason: Reason) => void
}

export function Choices({ channel, reason, onChannel, onReason }: ChoicesProps) {
  return (
    <div className="field-row">
      <Field label="Channel">
        {(field) => (
          <select
            {...field}
            className="select"
            value={channel}
            onChange={(event) => onChannel(event.target.value as SuppressedChannel)}
          >
            {suppressedChannels.map((one) => (
              <option key={one} value={one}>
                {suppressedChannelNames[one]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Reason">
        {(field) => (
          <select
            {...field}
            className="select"
            value={reason}
            onChange={(event) => onReason(event.target.value as Reason)}
          >
            {reasons.map((one) => (
              <option key={one} value={one}>
                {reasonNames[one]}
              </option>
            ))}
          </select>
        )}
      </Field>
    </div>
  )
}
