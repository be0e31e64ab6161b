/** Asks before something that cannot be undone. */
import type { ReactNode } from 'react'
import { useAction } from '../hooks/use-action.ts'
import { Dialog } from './dialog.tsx'
import { Problem } from './states.tsx'

interface ConfirmProps {
  readonly title: string
  readonly children: ReactNode
  /** What the button says: the deed, not "OK". */
  readonly deed: string
  readonly onConfirm: () => Promise<unknown>
  readonly onClose: () => void
}

export function Confirm({ title, children, deed, onConfirm, onClose }: ConfirmProps) {
  const action = useAction()
  const confirm = () =>
    action.run(async () => {
      await onConfirm()
      onClose()
    })
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{children}</p>
      <Problem>{action.problem}</Problem>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          Keep it
        </button>
        <button type="button" className="button button-danger" disabled={action.busy} onClick={() => void confirm()}>
          {deed}
        </button>
      </div>
    </Dialog>
  )
}
