/** A rule that is being built: its parts, the rule of the API that they make, and the customers who fit it. */
import { useMemo, useState } from 'react'
import { type AttributeTypes, noAttributes } from '../../../../../core/messaging/contacts/attributes.ts'
import { ApiError, ask } from '../../api/client.ts'
import type { SegmentPreview } from '../../api/types.ts'
import { useDebounced } from '../../hooks/use-debounced.ts'
import { type Query, useQuery } from '../../hooks/use-query.ts'
import type { Group } from '../../rule/parts.ts'
import { placeProblems, type Written, writeRule } from '../../rule/write.ts'

export interface BuiltRule {
  readonly root: Group
  readonly written: Written
  readonly isComplete: boolean
  readonly preview: Query<SegmentPreview | undefined>
  /** Problems that the API names, by the ids of the parts. */
  readonly problems: ReadonlyMap<string, string>
  change(root: Group): void
}

export function useRule(initial: () => Group, types: AttributeTypes = noAttributes): BuiltRule {
  const [root, change] = useState(initial)
  const written = useMemo(() => writeRule(root, types), [root, types])
  const debounced = useDebounced(written, 400)
  const isComplete = written.gaps.size === 0
  const key = debounced.gaps.size === 0 ? JSON.stringify(debounced.rule) : ''
  const preview = useQuery(key, async (signal) =>
    key === '' ? undefined : ask<SegmentPreview>('/segments/preview', { rule: debounced.rule }, signal),
  )
  const isSettled = debounced === written && !preview.loading
  const { error } = preview
  return {
    root,
    change,
    written,
    isComplete,
    preview: { ...preview, loading: !isSettled },
    problems: isSettled && error instanceof ApiError ? placeProblems(error.details, written) : new Map(),
  }
}
