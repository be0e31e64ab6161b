/** Asks before something that reaches people or cannot be undone. */
import { type ReactNode, useId, useState } from 'react'
import { useAction } from '../hooks/use-action.ts'
import { count } from '../text/format.ts'
import { BlockedButton } from './blocked-button.tsx'
import { Dialog } from './dialog.tsx'
import { Field } from './field.tsx'
import { Problem } from './states.tsx'

interface ConfirmProps {
  readonly title: string
  readonly children: ReactNode
  /** Label of the button: the action, not "OK". */
  readonly action: string
  /** True for an action that loses or stops something. */
  readonly danger?: boolean
  /** Number of people who get a message. A large number must be typed to confirm. */
  readonly people?: number
  /** Reason why the action is not possible yet. */
  readonly blocked?: string | undefined
  readonly onConfirm: () => Promise<unknown>
  readonly onClose: () => void
}

/** Largest number of people that is confirmed without typing it. */
const MANY = 1000

export function Confirm({ title, children, action, danger, people = 0, blocked, onConfirm, onClose }: ConfirmProps) {
  const work = useAction()
  const reasonId = useId()
  const [typed, setTyped] = useState('')
  const confirmed = people <= MANY || typed.replace(/[\s.,'’]/g, '') === String(people)
  const reason = blocked ?? (confirmed ? undefined : `Type ${count(people)} above to confirm`)
  const confirm = () =>
    work.run(async () => {
      await onConfirm()
      onClose()
    })
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="confirm-text">{children}</div>
      {people > MANY && (
        <Field label={`Number of people: type ${count(people)} to confirm`}>
          {(field) => (
            <input
              {...field}
              inputMode="numeric"
              autoComplete="off"
              maxLength={20}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          )}
        </Field>
      )}
      <Problem>{work.problem}</Problem>
      <div className="dialog-actions">
        {reason && (
          <p id={reasonId} className="reason">
            {reason}
          </p>
        )}
        <button type="button" className="button" onClick={onClose}>
          Go back
        </button>
        <BlockedButton
          className={`button ${danger ? 'button-danger' : 'button-primary'}`}
          reason={reason && reasonId}
          busy={work.busy}
          onClick={() => void confirm()}
        >
          {action}
        </BlockedButton>
      </div>
    </Dialog>
  )
}
