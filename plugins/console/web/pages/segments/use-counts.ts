/** Numbers of people in segments, counted one after the other: each may take the database a while. */
import { useEffect, useState } from 'react'
import { ask } from '../../api/client.ts'
import type { Segment, SegmentPreview } from '../../api/types.ts'

/** Null: it cannot be counted. */
export type Counts = ReadonlyMap<number, number | null>

export function useCounts(segments: readonly Segment[] | undefined): Counts {
  const [counts, setCounts] = useState<Counts>(new Map())
  useEffect(() => {
    const over = new AbortController()
    void countAll(segments ?? [], over.signal, (id, count) => setCounts((before) => new Map(before).set(id, count)))
    return () => over.abort()
  }, [segments])
  return counts
}

async function countAll(
  segments: readonly Segment[],
  signal: AbortSignal,
  take: (id: number, count: number | null) => void,
): Promise<void> {
  for (const { id } of segments) {
    const count = await ask<SegmentPreview>('/segments/preview', { segment_id: id }, signal).then(
      (preview) => preview.count,
      () => null,
    )
    if (signal.aborted) return
    take(id, count)
  }
}
