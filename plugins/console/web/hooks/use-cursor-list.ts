import { useEffect } from 'react'
import { useSearchParams } from 'wouter'
import { ApiError } from '../api/client.ts'
import { useQuery } from './use-query.ts'

export interface CursorPage<T> {
  readonly data: readonly T[]
  readonly next_cursor: string | null
}

export interface CursorList<T> {
  /** Rows of the latest page, kept while the next one is loaded. */
  readonly rows: readonly T[] | undefined
  readonly error: unknown
  readonly loading: boolean
  /** Number of the page, from 1. */
  readonly page: number
  readonly hasNext: boolean
  next(): void
  previous(): void
  reload(): void
}

/** Parameter of the address, once for each page after the first. A change of the filter must drop it. */
export const CURSOR = 'cursor'

/**
 * One page of a list that is read by cursors. The address keeps the cursors of the pages so far: a reload and a link show the
 * same page, and the browser's history leads from page to page.
 * @param key the list, its filters included
 * @param everyMs as in `useQuery`
 */
export function useCursorList<T>(
  key: string,
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<CursorPage<T>>,
  everyMs?: number,
): CursorList<T> {
  const [parameters, setParameters] = useSearchParams()
  const cursors = parameters.getAll(CURSOR).filter(Boolean)
  const cursor = cursors.at(-1)
  const { data, error, loading, reload } = useQuery(`${key} ${cursor}`, (signal) => load(cursor, signal), everyMs)
  const go = (to: readonly string[], replace = false) =>
    setParameters(
      (before) => {
        const after = new URLSearchParams(before)
        after.delete(CURSOR)
        for (const one of to) after.append(CURSOR, one)
        return after
      },
      { replace },
    )
  // A cursor of an edited address or of another filter is invalid: the list begins at its first page.
  const refused = isRefusedCursor(error)
  const restarts = refused && cursor !== undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each refusal
  useEffect(() => {
    if (restarts) go([], true)
  }, [restarts])
  const next = data?.next_cursor
  return {
    rows: data?.data,
    error: refused ? undefined : error,
    loading: loading || restarts,
    page: cursors.length + 1,
    hasNext: typeof next === 'string',
    next: () => next && go([...cursors, next]),
    previous: () => go(cursors.slice(0, -1)),
    reload,
  }
}

const isRefusedCursor = (error: unknown): boolean =>
  error instanceof ApiError && error.details.some(({ path }) => path === 'query.cursor')
