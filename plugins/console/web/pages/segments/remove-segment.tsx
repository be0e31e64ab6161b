/** Asks before a segment is deleted, and names what keeps it from that. */
import { useState } from 'react'
import { ApiError, remove } from '../../api/client.ts'
import type { Segment } from '../../api/types.ts'
import { Confirm } from '../../components/confirm.tsx'
import { type NamedUse, Uses } from '../../components/uses.tsx'

interface RemoveSegmentProps {
  readonly segment: Segment
  readonly onRemoved: () => void
  readonly onClose: () => void
}

export function RemoveSegment({ segment, onRemoved, onClose }: RemoveSegmentProps) {
  // The list may be older than its uses.
  const [uses, setUses] = useState<readonly NamedUse[]>(segment.used_by)
  const confirm = async () => {
    try {
      await remove(`/segments/${segment.id}`)
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'SEGMENT_IN_USE') throw error
      setUses((error.facts.used_by ?? []) as readonly NamedUse[])
      throw new Error('The segment is used. Change or delete first what uses it.')
    }
    onRemoved()
  }
  return (
    <Confirm title="Delete this segment?" danger action="Delete the segment" onConfirm={confirm} onClose={onClose}>
      {uses.length === 0 ? (
        <p>“{segment.name}” is deleted. The customers in it stay.</p>
      ) : (
        <>
          <p>“{segment.name}” cannot be deleted as long as it is used by:</p>
          <Uses uses={uses} />
        </>
      )}
    </Confirm>
  )
}
