import { useState } from 'react'
import { Field } from '../../components/field.tsx'
import { utc, zone } from '../../text/format.ts'
import { toIso, toLocal } from '../../text/local-time.ts'

interface ScheduleProps {
  /** In the browser's zone; '' for at once. */
  readonly value: string
  readonly onChange: (local: string) => void
}

const HOUR_MS = 3_600_000

/** Now or later; what the clock says elsewhere stands beside it. */
export function Schedule({ value, onChange }: ScheduleProps) {
  const [earliest] = useState(() => toLocal(new Date().toISOString()))
  const iso = toIso(value)
  const isPast = iso !== undefined && Date.parse(iso) <= Date.now()
  const later = () => onChange(toLocal(new Date(Math.ceil(Date.now() / HOUR_MS + 1) * HOUR_MS).toISOString()))
  return (
    <>
      <fieldset className="choice">
        <legend>Sending time</legend>
        <label>
          <input type="radio" name="when" checked={value === ''} onChange={() => onChange('')} />
          <span>As soon as I send it</span>
        </label>
        <label>
          <input type="radio" name="when" checked={value !== ''} onChange={later} />
          <span>At a set time</span>
        </label>
      </fieldset>
      {value !== '' && (
        <Field
          label={`Date and time (${zone()})`}
          hint={iso && `That is ${utc(iso)}`}
          problem={isPast ? 'This time is over: it would be sent at once' : undefined}
        >
          {(field) => (
            <input
              {...field}
              type="datetime-local"
              required
              min={earliest}
              value={value}
              onChange={(event) => event.target.value && onChange(event.target.value)}
            />
          )}
        </Field>
      )}
    </>
  )
}
