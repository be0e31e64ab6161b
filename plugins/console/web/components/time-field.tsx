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
              // An emptied field is not a chosen time.
              if (wallTime) onChange({ wallTime, offset: moments.length > 1 ? chosen?.offset : undefined })
            }}
          />
        )}
      </Field>
      {moments.length > 1 && (
        <OffsetChoice
          offsets={moments.map(({ offset }) => offset)}
          chosen={chosen?.offset}
          onChange={(offset) => onChange({ ...value, offset })}
        />
      )}
    </>
  )
}

interface OffsetChoiceProps {
  readonly offsets: readonly string[]
  readonly chosen: string | undefined
  readonly onChange: (offset: string) => void
}

function OffsetChoice({ offsets, chosen, onChange }: OffsetChoiceProps) {
  const group = useId()
  return (
    <fieldset className="choice">
      <legend>Clocks go back and show this time twice. Which one?</legend>
      {offsets.map((offset, nth) => (
        <label key={offset}>
          <input type="radio" name={group} checked={offset === chosen} onChange={() => onChange(offset)} />
          <span>
            {nth === 0 ? 'The first' : 'The second'} (UTC{offset})
          </span>
        </label>
      ))}
    </fieldset>
  )
}
