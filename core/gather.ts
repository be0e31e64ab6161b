/** Gathers single requests into few: what is asked for while earlier ones are under way goes together in the next. */

export interface GatherOptions<T, R> {
  /** Answers each of them, in their order; all of it is done, or nothing. */
  readonly run: (items: readonly T[]) => Promise<readonly R[]>
  /** Two with one key never go together; the later one waits for its turn. By default none has a key. */
  readonly keyOf?: (item: T) => string | undefined
  /** What an item adds to the size of a run; 1 by default. */
  readonly sizeOf?: (item: T) => number
  /** True for a failure that has nothing to do with what was asked. */
  readonly isPassing: (error: unknown) => boolean
  /** Runs under way at once, and how large one may become, unless a single item is larger. */
  readonly most: { readonly atOnce: number; readonly size: number }
  /** Size from which what waits is worth a run beside another. */
  readonly enough: number
}

interface Waiting<T, R> {
  readonly item: T
  resolve(answer: R): void
  reject(error: unknown): void
}

/**
 * @returns asks for one; nothing is held back while no run is under way. It rejects with what is wrong with
 *   this one: where a run fails for a reason of its own, each item of it is tried alone.
 */
export function openGather<T, R>({
  run,
  keyOf = () => undefined,
  sizeOf = () => 1,
  isPassing,
  most,
  enough,
}: GatherOptions<T, R>): (item: T) => Promise<R> {
  let waiting: Waiting<T, R>[] = []
  let size = 0
  let underWay = 0
  let told = false

  function take(): Waiting<T, R>[] {
    const taken: Waiting<T, R>[] = []
    const left: Waiting<T, R>[] = []
    const keys = new Set<string>()
    const isTaken = (key: string | undefined) => key !== undefined && keys.has(key)
    let room = most.size
    for (const one of waiting) {
      const [key, its] = [keyOf(one.item), sizeOf(one.item)]
      const fits = taken.length === 0 || (its <= room && !isTaken(key))
      if (key !== undefined) keys.add(key)
      if (fits) room -= its
      ;(fits ? taken : left).push(one)
    }
    size -= most.size - room
    waiting = left
    return taken
  }

  async function runTogether(taken: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const answers = await run(taken.map(({ item }) => item))
      for (const [at, one] of taken.entries()) one.resolve(answers[at] as R)
    } catch (error) {
      if (taken.length === 1 || isPassing(error)) for (const one of taken) one.reject(error)
      else for (const one of taken) await runTogether([one])
    }
  }

  function start(): void {
    told = false
    while (waiting.length > 0 && (underWay === 0 || (underWay < most.atOnce && size >= enough))) {
      underWay++
      void runTogether(take()).finally(() => {
        underWay--
        start()
      })
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      size += sizeOf(item)
      // After a turn of the event loop: chunks that hear from the database or the sender at one time ask together.
      if (!told) setImmediate(start)
      told = true
    })
}
