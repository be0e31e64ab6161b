/** Dialog that changes a sender's rate and concurrency. */
import { useState } from 'react'
import { errorText, patch, problemAt } from '../../api/client.ts'
import { type Sender, unitNames } from '../../api/types.ts'
import { Dialog } from '../../components/dialog.tsx'
import { Field } from '../../components/field.tsx'
import { notify } from '../../components/notices.tsx'
import { Problem } from '../../components/states.tsx'

interface LimitsDialogProps {
  readonly sender: Sender
  readonly onSaved: () => void
  readonly onClose: () => void
}

const written = (limit: number | null) => (limit === null ? '' : String(limit))

export function LimitsDialog({ sender, onSaved, onClose }: LimitsDialogProps) {
  const { name, unit } = sender
  const { now, setNow, busy, error, save } = useLimits({ sender, onSaved, onClose })
  const problems = { rate: problemAt(error, 'rate'), concurrency: problemAt(error, 'concurrency') }
  const field = (key: keyof typeof now, label: string, hint: string) => (
    <Field label={label} hint={hint} problem={problems[key]}>
      {(tied) => (
        <input
          {...tied}
          inputMode="decimal"
          autoComplete="off"
          maxLength={12}
          value={now[key]}
          onChange={(event) => setNow({ ...now, [key]: event.target.value })}
        />
      )}
    </Field>
  )
  return (
    <Dialog title={`Limits of sender ${name}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!busy) void save()
        }}
      >
        {field('rate', `Rate: ${unitNames[unit]} per second`, 'Over all processes. Empty: the value of the settings.')}
        {field('concurrency', 'Messages in flight', 'At most, over all processes. Empty: the value of the settings.')}
        <Problem>{error !== undefined && !problems.rate && !problems.concurrency && errorText(error)}</Problem>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Go back
          </button>
          <button type="submit" className="button button-primary" disabled={busy}>
            Save limits
          </button>
        </div>
      </form>
    </Dialog>
  )
}

/** Limits as they are typed. Unchanged ones are not saved. */
function useLimits({ sender, onSaved, onClose }: LimitsDialogProps) {
  // Kept from when the dialog was opened, since the page keeps reloading the sender.
  const [before] = useState({ rate: written(sender.rate), concurrency: written(sender.concurrency) })
  const [now, setNow] = useState(before)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const save = async () => {
    const changes = changesOf(before, now)
    if (Object.keys(changes).length === 0) return onClose()
    setBusy(true)
    setError(undefined)
    try {
      await patch(`/senders/${sender.name}`, changes)
      notify(`Limits of sender ${sender.name} changed`)
      onSaved()
      onClose()
    } catch (thrown) {
      setError(thrown)
      setBusy(false)
    }
  }
  return { now, setNow, busy, error, save }
}

type Limits = Readonly<Record<'rate' | 'concurrency', string>>

/** Changes for the API. Text that is not a number is passed on unchanged, so that the API reports the problem. */
function changesOf(before: Limits, now: Limits): Record<string, number | string | null> {
  const value = (text: string) => (text === '' ? null : Number.isNaN(Number(text)) ? text : Number(text))
  return Object.fromEntries(
    (['rate', 'concurrency'] as const)
      .filter((key) => now[key].trim() !== before[key])
      .map((key) => [key, value(now[key].trim())]),
  )
}
