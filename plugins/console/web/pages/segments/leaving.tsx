import { Dialog } from '../../components/dialog.tsx'
import type { LeaveGuard } from '../../hooks/use-leave-guard.ts'

/** Asks before somebody leaves a segment that is not saved. */
export function Leaving({ guard }: { readonly guard: LeaveGuard }) {
  return (
    guard.asking && (
      <Dialog title="Leave without saving?" onClose={guard.stay}>
        <p>Your changes to this segment are not saved.</p>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={guard.stay}>
            Keep editing
          </button>
          <button type="button" className="button button-danger" onClick={guard.leave}>
            Discard changes
          </button>
        </div>
      </Dialog>
    )
  )
}
