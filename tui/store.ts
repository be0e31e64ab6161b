/** Store of the state, outside React: actions are dispatched, screens subscribe. */

export interface Store<S, A> {
  get(): S
  dispatch(action: A): void
  /** @returns ends the subscription */
  subscribe(listener: () => void): () => void
}

/**
 * @param reduce pure
 * @param after effect of an action: called with the state before and after it, and may dispatch
 */
export function createStore<S, A>(
  initial: S,
  reduce: (state: S, action: A) => S,
  after: (action: A, now: S, before: S) => void = () => {},
): Store<S, A> {
  let state = initial
  const listeners = new Set<() => void>()
  return {
    get: () => state,
    dispatch: (action) => {
      const before = state
      state = reduce(before, action)
      if (state !== before) for (const listener of listeners) listener()
      after(action, state, before)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
