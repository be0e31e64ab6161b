/** Form for a new attribute. Name and type stay as they are declared. */
import { type FormEvent, useState } from 'react'
import {
  type AttributeType,
  attributeNameOf,
  attributeNameProblem,
  attributeTypes,
} from '../../../../../core/messaging/contacts/attributes.ts'
import { ApiError, errorText, post } from '../../api/client.ts'
import { attributeTypeNames } from '../../api/types.ts'
import { Dialog } from '../../components/dialog.tsx'
import { Field } from '../../components/field.tsx'
import { Problem } from '../../components/states.tsx'

interface AttributeFormProps {
  readonly onSaved: () => void
  readonly onClose: () => void
}

export function AttributeForm({ onSaved, onClose }: AttributeFormProps) {
  const [name, setName] = useState('')
  const [type, setType] = useState<AttributeType>('text')
  const [description, setDescription] = useState('')
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const isTaken = error instanceof ApiError && error.code === 'ATTRIBUTE_EXISTS'
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      await post('/attributes', { name: nameOf(name), type, description: description.trim() || null })
      onSaved()
    } catch (failure) {
      setError(failure)
      setBusy(false)
    }
  }
  return (
    <Dialog title="New attribute" onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Field
          label="Name"
          hint={hintOf(name)}
          problem={isTaken ? 'There is an attribute with this name already' : problemOf(name)}
        >
          {(field) => (
            <input
              {...field}
              autoComplete="off"
              maxLength={40}
              value={name}
              onChange={(event) => {
                setName(event.target.value)
                setError(undefined)
              }}
            />
          )}
        </Field>
        <Field label="Type" hint="It cannot be changed later.">
          {(field) => (
            <select
              {...field}
              className="select"
              value={type}
              onChange={(event) => setType(event.target.value as AttributeType)}
            >
              {attributeTypes.map((one) => (
                <option key={one} value={one}>
                  {attributeTypeNames[one]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Meaning (optional)">
          {(field) => (
            <input
              {...field}
              maxLength={200}
              value={description}
              onChange={(event) => setDescription(event.target.value)}
            />
          )}
        </Field>
        <Problem>{error !== undefined && !isTaken && errorText(error)}</Problem>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Close
          </button>
          <button
            type="submit"
            className="button button-primary"
            disabled={busy || name.trim() === '' || problemOf(name) !== undefined}
          >
            Add attribute
          </button>
        </div>
      </form>
    </Dialog>
  )
}

/** `Loyalty points` becomes `loyalty_points`. */
const nameOf = (typed: string): string => attributeNameOf(typed) ?? typed.trim()

function problemOf(typed: string): string | undefined {
  const problem = typed.trim() === '' ? undefined : attributeNameProblem(nameOf(typed))
  return problem && `The name ${problem}`
}

const hintOf = (typed: string): string =>
  typed.trim() === '' || nameOf(typed) === typed.trim()
    ? 'Such as loyalty_points. Texts use it as {loyalty_points}.'
    : `It becomes ${nameOf(typed)}.`
