/** Asks before an attribute and its values are deleted, and names what keeps it from that. */
import { useState } from 'react'
import { ApiError, remove } from '../../api/client.ts'
import type { Attribute } from '../../api/types.ts'
import { Confirm } from '../../components/confirm.tsx'
import { type NamedUse, Uses } from '../../components/uses.tsx'

interface RemoveAttributeProps {
  readonly attribute: Attribute
  readonly onRemoved: () => void
  readonly onClose: () => void
}

export function RemoveAttribute({ attribute: { name }, onRemoved, onClose }: RemoveAttributeProps) {
  const [uses, setUses] = useState<readonly NamedUse[]>([])
  const confirm = async () => {
    try {
      await remove(`/attributes/${encodeURIComponent(name)}`)
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'ATTRIBUTE_IN_USE') throw error
      setUses([...usesOf('campaign', error.facts.campaign_ids), ...usesOf('segment', error.facts.segment_ids)])
      throw new Error('The attribute is used. Change these first, or cancel the campaigns.')
    }
    onRemoved()
  }
  return (
    <Confirm title="Delete this attribute?" danger action="Delete the attribute" onConfirm={confirm} onClose={onClose}>
      {uses.length === 0 ? (
        <p>“{name}” and its values are removed from all customers. This cannot be undone.</p>
      ) : (
        <>
          <p>“{name}” cannot be deleted as long as it is used by:</p>
          <Uses uses={uses} />
        </>
      )}
    </Confirm>
  )
}

const usesOf = (kind: string, ids: unknown): NamedUse[] =>
  Array.isArray(ids) ? ids.map((id: number) => ({ kind, id })) : []
