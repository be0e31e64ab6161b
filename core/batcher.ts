/** Batches single requests: those that arrive while earlier ones are in flight go together in the next batch. */

export interface BatcherOptions<T, R> {
  /** Answers the items in their order. It does all of the batch, or nothing. */
  readonly run: (items: readonly T[]) => Promise<readonly R[]>
  /** Two items with one key never share a batch; the later one waits for its turn. By default no item has a key. */
  readonly keyOf?: (item: T) => string | undefined
  /** Size that an item adds to its batch; 1 by default. */
  readonly sizeOf?: (item: T) => number
  /** True for a failure that has nothing to do with the items. */
  readonly isPassing: (error: unknown) => boolean
  /** Batches in flight at once, and the size of one, which only a single larger item exceeds. */
  readonly limits: { readonly concurrency: number; readonly size: number }
  /** Size from which the waiting items start a batch beside another one. */
  readonly minBatch: number
}

interface Waiting<T, R> {
  readonly item: T
  resolve(answer: R): void
  reject(error: unknown): void
}

/**
 * @returns a function that adds one item and resolves with its answer. An idle batcher runs at once. A batch that fails for
 *   a reason of its own is repeated item by item, so that the error reaches only the item that causes it.
 */
export function openBatcher<T, R>({
  run,
  keyOf = () => undefined,
  sizeOf = () => 1,
  isPassing,
  limits,
  minBatch,
}: BatcherOptions<T, R>): (item: T) => Promise<R> {
  let waiting: Waiting<T, R>[] = []
  let size = 0
  let inFlight = 0
  let scheduled = false

  function takeBatch(): Waiting<T, R>[] {
    const split = splitBatch(waiting, { keyOf, sizeOf }, limits.size)
    size -= split.size
    waiting = split.rest
    return split.batch
  }

  async function runBatch(batch: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const answers = await run(batch.map(({ item }) => item))
      for (const [at, request] of batch.entries()) request.resolve(answers[at] as R)
    } catch (error) {
      if (batch.length === 1 || isPassing(error)) for (const request of batch) request.reject(error)
      else for (const request of batch) await runBatch([request])
    }
  }

  function start(): void {
    scheduled = false
    while (waiting.length > 0 && (inFlight === 0 || (inFlight < limits.concurrency && size >= minBatch))) {
      inFlight++
      void runBatch(takeBatch()).finally(() => {
        inFlight--
        start()
      })
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      size += sizeOf(item)
      // After a turn of the event loop: callers that hear from the database or the sender at one time share a batch.
      if (!scheduled) setImmediate(start)
      scheduled = true
    })
}

/** The next batch: in order of arrival, as many as it has room for, and at least one. An item waits behind those of its key. */
function splitBatch<T, R>(
  waiting: readonly Waiting<T, R>[],
  { keyOf, sizeOf }: Pick<Required<BatcherOptions<T, R>>, 'keyOf' | 'sizeOf'>,
  most: number,
) {
  const batch: Waiting<T, R>[] = []
  const rest: Waiting<T, R>[] = []
  const keys = new Set<string>()
  const isTaken = (key: string | undefined) => key !== undefined && keys.has(key)
  let room = most
  for (const request of waiting) {
    const [key, size] = [keyOf(request.item), sizeOf(request.item)]
    const fits = batch.length === 0 || (size <= room && !isTaken(key))
    if (key !== undefined) keys.add(key)
    if (fits) room -= size
    ;(fits ? batch : rest).push(request)
  }
  return { batch, rest, size: most - room }
}
