/** Form that records that a customer gave consent, or withdrew it. */
import { type FormEvent, useState } from 'react'
import { errorText, post } from '../../api/client.ts'
import { type Consent, suppressedChannelNames } from '../../api/types.ts'
import { Dialog } from '../../components/dialog.tsx'
import { Field } from '../../components/field.tsx'
import { Problem } from '../../components/states.tsx'

export const methodNames: Readonly<Record<Consent['method'], string>> = {
  verbal: 'By word of mouth',
  paper: 'On paper',
  web_form: 'Web form',
  keyword: 'Keyword',
  import: 'Import',
  api: 'API',
  other: 'Another way',
  carried_over: 'Carried over',
}

const statuses = { given: 'They agreed', withdrawn: 'They do not want it any more' } as const
/** Ways in which somebody at this form hears of it. */
const methods = ['verbal', 'paper', 'web_form', 'other'] as const

interface ConsentFormProps {
  readonly id: number
  readonly onSaved: () => void
  readonly onClose: () => void
}

export function ConsentForm({ id, onSaved, onClose }: ConsentFormProps) {
  const [said, setSaid] = useState({ status: 'given', channel: 'all', method: 'verbal', wording: '', evidence: '' })
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      const { wording, evidence, ...rest } = said
      const words = Object.entries({ wording, evidence }).filter(([, text]) => text.trim() !== '')
      await post(`/customers/${id}/consents`, { ...rest, ...Object.fromEntries(words) })
      onSaved()
    } catch (failure) {
      setError(failure)
      setBusy(false)
    }
  }
  const choice = (label: string, name: 'status' | 'channel' | 'method', options: Readonly<Record<string, string>>) => (
    <Field label={label}>
      {(field) => (
        <select
          {...field}
          className="select"
          value={said[name]}
          onChange={({ target }) => setSaid({ ...said, [name]: target.value })}
        >
          {Object.entries(options).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
  const words = (label: string, name: 'wording' | 'evidence', hint: string) => (
    <Field label={label} hint={hint}>
      {(field) => (
        <input
          {...field}
          maxLength={2000}
          value={said[name]}
          onChange={({ target }) => setSaid({ ...said, [name]: target.value })}
        />
      )}
    </Field>
  )
  return (
    <Dialog title="Record consent" onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        {choice('What they said about marketing', 'status', statuses)}
        {choice('Channel', 'channel', suppressedChannelNames)}
        {choice('Method', 'method', Object.fromEntries(methods.map((one) => [one, methodNames[one]])))}
        {words('Words that they agreed to (optional)', 'wording', 'Such as: offers by SMS, form of May 2026.')}
        {words('Evidence (optional)', 'evidence', 'Such as: by phone on 3 May.')}
        <Problem>{error !== undefined && errorText(error)}</Problem>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Go back
          </button>
          <button type="submit" className="button button-primary" disabled={busy}>
            Record
          </button>
        </div>
      </form>
    </Dialog>
  )
}
