import type { Audience } from './draft.ts'

interface RestoredProps {
  readonly audience: Audience
  readonly onDiscard: () => void
}

/** Notice that the form holds work from before a reload. */
export function Restored({ audience, onDiscard }: RestoredProps) {
  return (
    <div className="callout" role="status">
      <p>
        This tab kept your unsaved changes.
        {audience.by === 'file' && !audience.checked && ' Choose the CSV file again.'}
      </p>
      <button type="button" className="button" onClick={onDiscard}>
        Discard changes
      </button>
    </div>
  )
}
