/** Dialog for the API key, when the API requires one. */
import { type FormEvent, useState, useSyncExternalStore } from 'react'
import { giveKey, keyState, onKeyState } from '../api/keys.ts'
import { Dialog } from './dialog.tsx'
import { Field } from './field.tsx'

export function KeyGate() {
  const { asking, refused } = useSyncExternalStore(onKeyState, keyState)
  const [key, setKey] = useState('')
  if (!asking) return null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (key.trim() === '') return
    giveKey(key.trim())
    setKey('')
  }
  return (
    <Dialog title="API key">
      <form onSubmit={submit}>
        <p>This service is protected. Enter an API key; your administrator can give you one.</p>
        <Field
          label="Key"
          problem={refused ? 'This key is not valid' : undefined}
          hint="Kept until this tab is closed."
        >
          {(field) => (
            <input
              {...field}
              type="password"
              autoComplete="off"
              value={key}
              onChange={(event) => setKey(event.target.value)}
            />
          )}
        </Field>
        <div className="dialog-actions">
          <button type="submit" className="button button-primary" disabled={key.trim() === ''}>
            Continue
          </button>
        </div>
      </form>
    </Dialog>
  )
}
