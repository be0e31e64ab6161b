/** Form for a new or existing customer. The API's errors are shown at the fields that they name. */
import { type FormEvent, useState } from 'react'
import { ApiError, errorText, patch, post } from '../../api/client.ts'
import { type Attribute, type Customer, type CustomerField, customerFields, fieldNames } from '../../api/types.ts'
import { Dialog } from '../../components/dialog.tsx'
import { Field } from '../../components/field.tsx'
import { Problem } from '../../components/states.tsx'
import { useAttributes } from '../../hooks/use-attributes.ts'
import { bodyOf, type CustomerValues, type PlainField, type Problems, valuesOf } from './customer-values.ts'
import { MoreInputs } from './more-inputs.tsx'

interface CustomerFormProps {
  readonly customer: Customer | undefined
  readonly onSaved: (text: string) => void
  readonly onClose: () => void
}

const noProblems: Problems = new Map()

export function CustomerForm({ customer, onSaved, onClose }: CustomerFormProps) {
  const attributes = useAttributes()
  const [values, setValues] = useState(() => valuesOf(customer))
  const [misfits, setMisfits] = useState(noProblems)
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const refused = error instanceof ApiError ? problemsOf(error) : noProblems
  const problems = new Map([...refused, ...misfits])
  const changeField = (field: PlainField, value: string) =>
    setValues((before) => ({ ...before, fields: { ...before.fields, [field]: value } }))
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const { body, problems: found } = bodyOf(valuesOf(customer), values, attributes ?? [])
    setMisfits(found)
    setError(undefined)
    if (found.size > 0) return
    setBusy(true)
    try {
      await (customer ? patch(`/customers/${customer.id}`, body) : post('/customers', body))
      onSaved(customer ? 'Customer saved' : 'Customer added')
    } catch (failure) {
      setError(failure)
      setBusy(false)
    }
  }
  return (
    <Dialog title={customer ? 'Edit customer' : 'New customer'} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        {customerFields.map((field) => (
          <CustomerInput
            key={field}
            field={field}
            value={values.fields[field]}
            problem={problems.get(field)}
            onChange={(value) => changeField(field, value)}
          />
        ))}
        <MoreInputs
          values={values}
          attributes={attributes ?? []}
          problems={problems}
          onField={changeField}
          onChange={(changes) => setValues((before) => ({ ...before, ...changes }))}
        />
        <Problem>{error !== undefined && !isPlaced(refused, values, attributes) && errorText(error)}</Problem>
        <Buttons isNew={!customer} isBlocked={busy || values.fields.phone.trim() === ''} onClose={onClose} />
      </form>
    </Dialog>
  )
}

/** Problems by field. One of a single tag belongs to all of them. */
function problemsOf({ details }: ApiError): Problems {
  return new Map(
    details.map(({ path, message }) => [
      path.replace(/^tags.*/, 'tags'),
      message.startsWith(`${path} `) ? `This ${message.slice(path.length + 1)}` : message,
    ]),
  )
}

/** True if a field of the form shows what is wrong. */
function isPlaced(problems: Problems, { fields }: CustomerValues, attributes: readonly Attribute[] = []): boolean {
  const shown = [...Object.keys(fields), 'tags', ...attributes.map(({ name }) => `attributes.${name}`)]
  return shown.some((path) => problems.has(path))
}

interface ButtonsProps {
  readonly isNew: boolean
  readonly isBlocked: boolean
  readonly onClose: () => void
}

function Buttons({ isNew, isBlocked, onClose }: ButtonsProps) {
  return (
    <div className="dialog-actions">
      <button type="button" className="button" onClick={onClose}>
        Close
      </button>
      <button type="submit" className="button button-primary" disabled={isBlocked}>
        {isNew ? 'Add customer' : 'Save'}
      </button>
    </div>
  )
}

interface CustomerInputProps {
  readonly field: CustomerField
  readonly value: string
  readonly problem: string | undefined
  readonly onChange: (value: string) => void
}

function CustomerInput({ field, value, problem, onChange }: CustomerInputProps) {
  const isPhone = field === 'phone'
  const hint = isPhone ? 'As you would dial it, or with +country code' : undefined
  return (
    <Field label={fieldNames[field]} problem={problem} hint={hint}>
      {(tied) => (
        <input
          {...tied}
          type={isPhone ? 'tel' : 'text'}
          required={isPhone}
          maxLength={isPhone ? 50 : 200}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
