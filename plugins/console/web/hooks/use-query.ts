import { useCallback, useEffect, useRef, useState } from 'react'

export interface Query<T> {
  /** Latest answer, kept while the next one is loaded. */
  readonly data: T | undefined
  readonly error: unknown
  /** True from a change of `key` until its answer; `data` belongs to the previous key until then. */
  readonly loading: boolean
  reload(): void
}

interface State<T> extends Omit<Query<T>, 'reload'> {
  /** Key of the latest load. */
  readonly key: string
}

/**
 * Result of `load`, loaded again whenever `key` changes.
 * @param everyMs interval of further loads while the page is visible; undefined: none
 */
export function useQuery<T>(key: string, load: (signal: AbortSignal) => Promise<T>, everyMs?: number): Query<T> {
  const [state, setState] = useState<State<T>>({ key, data: undefined, error: undefined, loading: true })
  const [turn, setTurn] = useState(0)
  const latest = useRef(load)
  latest.current = load
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` says what is loaded, and `turn` that it is loaded again
  useEffect(() => {
    const over = new AbortController()
    setState((before) => ({ ...before, key, loading: true }))
    latest.current(over.signal).then(
      (data) => over.signal.aborted || setState({ key, data, error: undefined, loading: false }),
      (error) => over.signal.aborted || setState((before) => ({ ...before, error, loading: false })),
    )
    return () => over.abort()
  }, [key, turn])
  const reload = useCallback(() => setTurn((before) => before + 1), [])
  useEffect(() => {
    if (everyMs === undefined) return
    const timer = setInterval(() => document.visibilityState === 'visible' && reload(), everyMs)
    return () => clearInterval(timer)
  }, [everyMs, reload])
  const { data, error, loading } = state
  return { data, error, loading: loading || state.key !== key, reload }
}
