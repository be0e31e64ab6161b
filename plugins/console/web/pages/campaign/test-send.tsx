/** Dialog for a test message to any phone number, filled in for a customer. */
import { type FormEvent, useId, useState } from 'react'
import { explainCode, NO_CODE } from '../../../../../core/messaging/senders/codes.ts'
import { post } from '../../api/client.ts'
import type { Channel } from '../../api/types.ts'
import { BlockedButton } from '../../components/blocked-button.tsx'
import { CustomerPicker } from '../../components/customer-picker.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Field } from '../../components/field.tsx'
import { Problem } from '../../components/states.tsx'
import { TestSenderBadge } from '../../components/waiting.tsx'
import { useAction } from '../../hooks/use-action.ts'
import { languageLabel } from '../../text/language.ts'

interface Sent {
  readonly to: string
  readonly rendered_message: string
  readonly outcome: string
  readonly error: string | null
}

interface TestSendProps {
  readonly channel: Channel
  /** Tags of its texts, beside the default. */
  readonly languages: readonly string[]
  /** Note about a step before the test is sent. */
  readonly note?: string
  /** @returns the campaign's id, once it can be tested */
  readonly prepare: () => number | Promise<number>
  readonly onClose: () => void
}

export function TestSend({ channel, languages, note, prepare, onClose }: TestSendProps) {
  const [to, setTo] = useState('')
  const [customer, setCustomer] = useState<number>()
  const [language, setLanguage] = useState('')
  const [sent, setSent] = useState<Sent>()
  const action = useAction()
  const reasonId = useId()
  const reason =
    to.trim() === '' ? 'Enter a phone number' : customer === undefined ? 'Choose a customer to fill in the text' : ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (reason) return
    const body = { to, customer_id: customer, language: language || null }
    void action.run(async () => setSent(await post<Sent>(`/campaigns/${await prepare()}/test`, body)))
  }
  return (
    <Dialog title="Test send" onClose={onClose}>
      <form onSubmit={submit}>
        <p className="muted">Sends the text once, now, to your own phone. It is not counted in the campaign. {note}</p>
        <TestSenderBadge channel={channel} />
        <PhoneField value={to} onChange={setTo} />
        <CustomerPicker label="Fill in the text for" onPick={({ id }) => setCustomer(id)} />
        {languages.length > 0 && <LanguageField languages={languages} value={language} onChange={setLanguage} />}
        <Problem>{action.problem}</Problem>
        {sent && <Result sent={sent} />}
        <div className="dialog-actions">
          {reason && (
            <p id={reasonId} className="reason">
              {reason}
            </p>
          )}
          <button type="button" className="button" onClick={onClose}>
            Close
          </button>
          <BlockedButton
            type="submit"
            className="button button-primary"
            reason={reason ? reasonId : undefined}
            busy={action.busy}
          >
            Send the test
          </BlockedButton>
        </div>
      </form>
    </Dialog>
  )
}

interface LanguageFieldProps {
  readonly languages: readonly string[]
  /** Tag; empty: that of the customer. */
  readonly value: string
  readonly onChange: (value: string) => void
}

function LanguageField({ languages, value, onChange }: LanguageFieldProps) {
  return (
    <Field label="Text">
      {(field) => (
        <select {...field} className="select" value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">By the customer’s language</option>
          {languages.map((tag) => (
            <option key={tag} value={tag}>
              {languageLabel(tag)}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

interface PhoneFieldProps {
  readonly value: string
  readonly onChange: (value: string) => void
}

function PhoneField({ value, onChange }: PhoneFieldProps) {
  return (
    <Field label="To" hint="Your own phone number">
      {(field) => (
        <input
          {...field}
          type="tel"
          autoComplete="tel"
          required
          maxLength={40}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}

function Result({ sent: { to, outcome, error, rendered_message } }: { readonly sent: Sent }) {
  const accepted = outcome === 'accepted'
  return (
    <div className={accepted ? 'callout callout-good' : 'callout callout-bad'} role="status">
      <p>{accepted ? `Sent to ${to}` : `${explainCode(error ?? NO_CODE).meaning} (${error})`}</p>
      <p className="template">{rendered_message}</p>
    </div>
  )
}
