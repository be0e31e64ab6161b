/** Form for a price of the list. */
import { type FormEvent, useState } from 'react'
import { errorText } from '../../api/client.ts'
import { channelNames, channels, type Price } from '../../api/types.ts'
import { Dialog } from '../../components/dialog.tsx'
import { Field } from '../../components/field.tsx'
import { Problem } from '../../components/states.tsx'
import { ANY_COUNTRY, placeName } from '../../text/places.ts'
import { noPrice, type PriceValues, problemOf, readPrice, valuesOf } from './price-values.ts'

interface PriceFormProps {
  /** Undefined: a new one. */
  readonly price: Price | undefined
  /** @throws what keeps it from being saved */
  readonly onSave: (price: Price) => Promise<void>
  readonly onClose: () => void
}

export function PriceForm({ price, onSave, onClose }: PriceFormProps) {
  const { values, change, error, busy, submit } = usePrice(price, onSave)
  const { country } = readPrice(values)
  const problems = {
    country: problemOf(error, 'country'),
    price: problemOf(error, 'price'),
    currency: problemOf(error, 'currency'),
  }
  const isAtField = Object.values(problems).some(Boolean)
  const text = (key: keyof typeof problems, label: string, hint: string, most: number) => (
    <Field label={label} hint={hint} problem={problems[key]}>
      {(field) => (
        <input
          {...field}
          autoComplete="off"
          maxLength={most}
          value={values[key]}
          onChange={(event) => change({ [key]: event.target.value })}
        />
      )}
    </Field>
  )
  return (
    <Dialog title={price ? 'Change price' : 'New price'} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Choice
          label="Channel"
          value={values.channel}
          options={channels.map((one) => [one, channelNames[one]])}
          onChange={(channel) => change({ channel })}
        />
        {text('country', 'Country (optional)', country === ANY_COUNTRY ? anyHint : placeName(country), 2)}
        {text('price', 'Price', 'Such as 0.80.', 16)}
        {text('currency', 'Currency', 'Three letters, such as KES or USD.', 3)}
        {values.channel === 'sms' && (
          <Choice
            label="For each"
            value={values.per}
            options={[
              ['part', 'Message part'],
              ['message', 'Message'],
            ]}
            onChange={(per) => change({ per })}
          />
        )}
        <Problem>{error !== undefined && !isAtField && errorText(error)}</Problem>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Go back
          </button>
          <button type="submit" className="button button-primary" disabled={busy}>
            Save price
          </button>
        </div>
      </form>
    </Dialog>
  )
}

const anyHint = 'Code of a country, such as KE. Empty: every country without a price of its own.'

interface ChoiceProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly options: readonly (readonly [value: T, name: string])[]
  readonly onChange: (value: T) => void
}

function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  return (
    <Field label={label}>
      {(field) => (
        <select {...field} className="select" value={value} onChange={(event) => onChange(event.target.value as T)}>
          {options.map(([one, name]) => (
            <option key={one} value={one}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

function usePrice(price: Price | undefined, onSave: PriceFormProps['onSave']) {
  const [values, setValues] = useState<PriceValues>(price ? valuesOf(price) : noPrice)
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const change = (changes: Partial<PriceValues>) => {
    setValues((before) => ({ ...before, ...changes }))
    setError(undefined)
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      await onSave(readPrice(values))
    } catch (failure) {
      setError(failure)
      setBusy(false)
    }
  }
  return { values, change, error, busy, submit }
}
