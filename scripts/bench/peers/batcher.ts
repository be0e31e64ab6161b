/**
 * Gathers what many jobs, each on its own, want written, and writes it in one statement: for peers that hand out one job
 * at a time, so that none pays a COMMIT for each row. Pure but for its timer; runs on Bun and on Node.
 */

export interface BatchOptions {
  /** A batch of so many is begun at once. */
  readonly most: number
  /** Milliseconds that the first of a smaller batch waits for others. */
  readonly afterMs: number
}

/**
 * @param work writes a batch down; several may be under way at once
 * @returns resolves when the batch with the item is written; rejects with what `work` threw, for each item of that batch
 */
export function openBatcher<T>(
  work: (items: readonly T[]) => Promise<void>,
  { most, afterMs }: BatchOptions,
): (item: T) => Promise<void> {
  let waiting: T[] = []
  let batch = Promise.withResolvers<void>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const begin = () => {
    clearTimeout(timer)
    const [items, { resolve, reject }] = [waiting, batch]
    waiting = []
    batch = Promise.withResolvers<void>()
    work(items).then(resolve, reject)
  }
  return (item) => {
    const { promise } = batch
    const count = waiting.push(item)
    if (count >= most) begin()
    else if (count === 1) timer = setTimeout(begin, afterMs)
    return promise
  }
}
