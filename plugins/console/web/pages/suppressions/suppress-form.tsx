/** Form that suppresses phones, with a channel, a reason and a note. */
import { type FormEvent, useState } from 'react'
import { ApiError, errorText, post } from '../../api/client.ts'
import type { SuppressReport } from '../../api/types.ts'
import { Dialog } from '../../components/dialog.tsx'
import { Field } from '../../components/field.tsx'
import { Problem } from '../../components/states.tsx'
import { plural } from '../../text/format.ts'
import { Choices, type Reason, type SuppressedChannel } from './choices.tsx'
import { phoneProblems, phonesOf } from './suppression-words.ts'

interface SuppressFormProps {
  /** Phone with which the form begins. */
  readonly phone?: string
  readonly onSaved: (text: string) => void
  readonly onClose: () => void
}

export function SuppressForm({ phone = '', onSaved, onClose }: SuppressFormProps) {
  const [text, setText] = useState(phone)
  const [channel, setChannel] = useState<SuppressedChannel>('all')
  const [reason, setReason] = useState<Reason>('opt_out')
  const [note, setNote] = useState('')
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const phones = phonesOf(text)
  const refused = error instanceof ApiError ? phoneProblems(error.details, phones) : []
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      const more = note.trim() === '' ? {} : { note: note.trim() }
      onSaved(reportText(await post<SuppressReport>('/suppressions', { phones, channel, reason, ...more })))
    } catch (failure) {
      setError(failure)
      setBusy(false)
    }
  }
  return (
    <Dialog title="Suppress phones" onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <p>Nothing more is sent to them, whoever has the number, and messages that wait are skipped.</p>
        <Field label="Phone numbers" hint="One on each line." problem={refused.join('. ') || undefined}>
          {(field) => (
            <textarea
              {...field}
              rows={3}
              value={text}
              onChange={(event) => {
                setText(event.target.value)
                setError(undefined)
              }}
            />
          )}
        </Field>
        <Choices channel={channel} reason={reason} onChannel={setChannel} onReason={setReason} />
        <Field label="Note (optional)" hint="Such as: by phone on 3 May.">
          {(field) => (
            <input {...field} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
          )}
        </Field>
        <Problem>{error !== undefined && refused.length === 0 && errorText(error)}</Problem>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Go back
          </button>
          <button type="submit" className="button button-primary" disabled={busy || phones.length === 0}>
            Suppress {phones.length > 1 ? plural(phones.length, 'phone') : 'phone'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function reportText({ added, known }: SuppressReport): string {
  const were = known > 0 ? `${plural(known, 'phone was', 'phones were')} suppressed already` : ''
  return [added > 0 ? `${plural(added, 'phone')} suppressed` : '', were].filter(Boolean).join('; ')
}
