/** Sending time, now or later, and the time at which sending stops. */
import { TimeField } from '../../components/time-field.tsx'
import { type ChosenTime, choiceOf, momentOf, noTime } from '../../text/chosen-time.ts'
import type { Draft } from './draft.ts'
import { endsTooEarly } from './draft.ts'

type Times = Pick<Draft, 'scheduledAt' | 'expiresAt'>

interface ScheduleProps {
  readonly value: Times
  readonly onChange: (changes: Partial<Times>) => void
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const nextHour = (ms: number): ChosenTime => choiceOf(new Date(Math.ceil(ms / HOUR_MS) * HOUR_MS).toISOString())

export function Schedule({ value: { scheduledAt, expiresAt }, onChange }: ScheduleProps) {
  const start = momentOf(scheduledAt)?.time.getTime()
  const isPast = start !== undefined && start <= Date.now()
  return (
    <>
      <TimeChoice
        legend="Sending time"
        none="Immediately"
        name="Date and time"
        value={scheduledAt}
        problem={isPast ? 'This time has passed: the campaign would be sent immediately' : undefined}
        suggest={() => nextHour(Date.now() + HOUR_MS)}
        onChange={(time) => onChange({ scheduledAt: time })}
      />
      <TimeChoice
        legend="Stop sending"
        none="After the last recipient"
        name="Stop at"
        value={expiresAt}
        problem={endsTooEarly({ scheduledAt, expiresAt })}
        suggest={() => nextHour((start ?? Date.now()) + DAY_MS)}
        onChange={(time) => onChange({ expiresAt: time })}
      />
    </>
  )
}

interface TimeChoiceProps {
  readonly legend: string
  /** Label of the choice without a time. */
  readonly none: string
  /** Label of the field for the time. */
  readonly name: string
  readonly value: ChosenTime
  readonly problem: string | undefined
  readonly suggest: () => ChosenTime
  readonly onChange: (value: ChosenTime) => void
}

function TimeChoice({ legend, none, name, value, problem, suggest, onChange }: TimeChoiceProps) {
  const set = value.wallTime !== ''
  return (
    <>
      <fieldset className="choice">
        <legend>{legend}</legend>
        <label>
          <input type="radio" name={legend} checked={!set} onChange={() => onChange(noTime)} />
          <span>{none}</span>
        </label>
        <label>
          <input type="radio" name={legend} checked={set} onChange={() => onChange(suggest())} />
          <span>At a set time</span>
        </label>
      </fieldset>
      {set && <TimeField label={name} value={value} problem={problem} onChange={onChange} />}
    </>
  )
}
