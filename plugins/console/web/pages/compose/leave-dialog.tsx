import { Dialog } from '../../components/dialog.tsx'

interface LeaveDialogProps {
  readonly onStay: () => void
  readonly onLeave: () => void
  readonly onDiscard: () => void
}

/** Dialog before somebody leaves an unsaved campaign. */
export function LeaveDialog({ onStay, onLeave, onDiscard }: LeaveDialogProps) {
  return (
    <Dialog title="Leave without saving?" onClose={onStay}>
      <p>
        Your changes are not saved. You can leave and finish later: this tab keeps them until you close it. A chosen
        file has to be chosen again.
      </p>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onStay}>
          Keep editing
        </button>
        <button type="button" className="button button-danger" onClick={onDiscard}>
          Discard changes
        </button>
        <button type="button" className="button button-primary" onClick={onLeave}>
          Finish later
        </button>
      </div>
    </Dialog>
  )
}
