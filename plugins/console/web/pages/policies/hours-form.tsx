/** Form for quiet hours of a country, or of all countries without their own. */
import { type FormEvent, useId, useState } from 'react'
import { errorText } from '../../api/client.ts'
import type { QuietHours } from '../../api/types.ts'
import { Dialog } from '../../components/dialog.tsx'
import { Field } from '../../components/field.tsx'
import { Problem } from '../../components/states.tsx'
import { countryCodes, placeName } from '../../text/places.ts'
import {
  closedProblem,
  dayNames,
  type HoursValues,
  meaningOf,
  newHours,
  problemOf,
  readHours,
  valuesOf,
  type Weekday,
  weekdays,
} from './hours-values.ts'

interface HoursFormProps {
  /** Undefined: new ones. */
  readonly hours: QuietHours | undefined
  /** @throws what keeps them from being saved */
  readonly onSave: (hours: QuietHours) => Promise<void>
  readonly onClose: () => void
}

export function HoursForm({ hours, onSave, onClose }: HoursFormProps) {
  const { values, change, problems, problem, busy, submit } = useHours(hours, onSave)
  return (
    <Dialog title={hours ? 'Change quiet hours' : 'New quiet hours'} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <CountryField value={values.country} problem={problems.country} onChange={(country) => change({ country })} />
        <div className="field-row">
          <TimeOfDay label="From" value={values.from} problem={problems.from} onChange={(from) => change({ from })} />
          <TimeOfDay label="Until" value={values.to} problem={problems.to} onChange={(to) => change({ to })} />
        </div>
        <Days chosen={values.days} problem={problems.days} onChange={(days) => change({ days })} />
        <p className="muted" aria-live="polite">
          {meaningOf(values)}
        </p>
        <Problem>{problem}</Problem>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Go back
          </button>
          <button type="submit" className="button button-primary" disabled={busy}>
            Save quiet hours
          </button>
        </div>
      </form>
    </Dialog>
  )
}

interface InputProps {
  readonly value: string
  readonly problem: string | undefined
  readonly onChange: (value: string) => void
}

function CountryField({ value, problem, onChange }: InputProps) {
  const names = useId()
  return (
    <Field
      label="Country (optional)"
      hint="Name or code, such as Kenya or KE. Empty: every country without quiet hours of its own."
      problem={problem}
    >
      {(field) => (
        <>
          <input
            {...field}
            list={names}
            autoComplete="off"
            maxLength={80}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          <datalist id={names}>
            {countryCodes().map((code) => (
              <option key={code} value={placeName(code)} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  )
}

function TimeOfDay({ label, value, problem, onChange }: InputProps & { readonly label: string }) {
  return (
    <Field label={label} problem={problem}>
      {(field) => <input {...field} type="time" value={value} onChange={(event) => onChange(event.target.value)} />}
    </Field>
  )
}

interface DaysProps {
  readonly chosen: readonly Weekday[]
  readonly problem: string | undefined
  readonly onChange: (days: readonly Weekday[]) => void
}

function Days({ chosen, problem, onChange }: DaysProps) {
  return (
    <fieldset className="choice">
      <legend>Days on which they begin</legend>
      {weekdays.map((day) => (
        <label key={day}>
          <input
            type="checkbox"
            checked={chosen.includes(day)}
            onChange={({ target }) => onChange(target.checked ? [...chosen, day] : chosen.filter((one) => one !== day))}
          />
          {dayNames[day]}
        </label>
      ))}
      {problem && (
        <p className="field-problem" role="alert">
          {problem}
        </p>
      )}
    </fieldset>
  )
}

const NO_COUNTRY = 'No country has this name. Choose one of the list, or write its code, such as KE'

function useHours(hours: QuietHours | undefined, onSave: HoursFormProps['onSave']) {
  const [values, setValues] = useState<HoursValues>(hours ? valuesOf(hours) : newHours)
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const [tried, setTried] = useState(false)
  const read = readHours(values)
  const change = (changes: Partial<HoursValues>) => {
    setValues((before) => ({ ...before, ...changes }))
    setError(undefined)
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setTried(true)
    if (!read) return
    setBusy(true)
    try {
      await onSave(read)
    } catch (failure) {
      setError(failure)
      setBusy(false)
    }
  }
  const problems = {
    country: tried && !read ? NO_COUNTRY : problemOf(error, 'country'),
    from: problemOf(error, 'from'),
    to: problemOf(error, 'to'),
    days: problemOf(error, 'days'),
  }
  const isAtField = Object.values(problems).some(Boolean)
  const problem = error === undefined || isAtField ? undefined : (closedProblem(error) ?? errorText(error))
  return { values, change, problems, problem, busy, submit }
}
