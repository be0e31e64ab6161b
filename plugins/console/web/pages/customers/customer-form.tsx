/** Form for a new or existing customer. The API's errors are shown at the fields that they name. */
import { type FormEvent, useState } from 'react'
import { ApiError, errorText, patch, post } from '../../api/client.ts'
import { type Customer, type CustomerField, customerFields, fieldNames } from '../../api/types.ts'
import { Dialog } from '../../components/dialog.tsx'
import { Field } from '../../components/field.tsx'
import { Problem } from '../../components/states.tsx'

interface CustomerFormProps {
  readonly customer: Customer | undefined
  readonly onSaved: (text: string) => void
  readonly onClose: () => void
}

type Values = Readonly<Record<CustomerField, string>>

const valuesOf = (customer: Customer | undefined): Values =>
  Object.fromEntries(customerFields.map((field) => [field, customer?.[field] ?? ''])) as Values

export function CustomerForm({ customer, onSaved, onClose }: CustomerFormProps) {
  const [values, setValues] = useState(() => valuesOf(customer))
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const details = error instanceof ApiError ? error.details : []
  const problemOf = (field: CustomerField) => details.find(({ path }) => path === field)?.message
  const elsewhere = error !== undefined && !customerFields.some((field) => problemOf(field))
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      await save(customer, values)
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
            value={values[field]}
            problem={problemOf(field)}
            onChange={(value) => setValues({ ...values, [field]: value })}
          />
        ))}
        <Problem>{elsewhere && errorText(error)}</Problem>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Close
          </button>
          <button type="submit" className="button button-primary" disabled={busy || values.phone.trim() === ''}>
            {customer ? 'Save' : 'Add customer'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

async function save(customer: Customer | undefined, values: Values): Promise<void> {
  // A blank field clears its value; the phone cannot be cleared.
  const body = Object.fromEntries(
    customerFields.map((field) => [field, values[field].trim() || (field === 'phone' ? '' : null)]),
  )
  if (customer) await patch(`/customers/${customer.id}`, body)
  else await post('/customers', body)
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
