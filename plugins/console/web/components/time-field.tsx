/** Date and time in the browser's zone, with its offset from UTC; asks which one where clocks show the time twice. */
import { useId } from 'react'
import { type ChosenTime, isSkipped, momentOf, momentsWith } from '../text/chosen-time.ts'
import { utc, zone } from '../text/format.ts'
import { Field } from './field.tsx'

interface TimeFieldProps {
  readonly label: string
  readonly value: ChosenTime
  /** Replaces the hint. */
  readonly problem?: string | undefined
  readonly onChange: (value: ChosenTime) => void
}

export function TimeField({ label, value, problem, onChange }: TimeFieldProps) {
  const group = useId()
  const moments = momentsWith(value)
  const chosen = momentOf(value)
  const skipped = isSkipped(value)
    ? `Clocks in ${zone()} go forward and skip this time. Choose an earlier or a later one.`
    : undefined
  return (
    <>
      <Field
        label={`${label} (${zone()}${chosen ? `, UTC${chosen.offset}` : ''})`}
        hint={chosen && `That is ${utc(chosen.time.toISOString())}`}
        problem={skipped ?? problem}
      >
        {(field) => (
          <input
            {...field}
            type="datetime-local"
            required
            step={value.wallTime.length > 16 ? 'any' : 60}
            value={value.wallTime}
            onChange={(event) => {
              const wallTime = event.target.value
              // An emptied field is no time that anybody chose.
              if (wallTime) onChange({ wallTime, offset: moments.length > 1 ? chosen?.offset : undefined })
            }}
          />
        )}
      </Field>
      {moments.length > 1 && (
        <fieldset className="choice">
          <legend>Clocks go back and show this time twice. Which one?</legend>
          {moments.map(({ offset }, nth) => (
            <label key={offset}>
              <input
                type="radio"
                name={group}
                checked={offset === chosen?.offset}
                onChange={() => onChange({ ...value, offset })}
              />
              <span>
                {nth === 0 ? 'The first' : 'The second'} (UTC{offset})
              </span>
            </label>
          ))}
        </fieldset>
      )}
    </>
  )
}
