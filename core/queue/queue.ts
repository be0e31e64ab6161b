/** Queue contract: workers learn from it which chunk to claim. The chunk row is the truth: a queue may lose or repeat anything. */

/** A hint that work may be there. Without `chunkIds`: any chunk that is due. */
export interface Delivery {
  readonly chunkIds?: readonly string[]
  /** Reports whether the claim found work. */
  claimed(work: boolean): void
  /** Ends the delivery, once all that it names has been worked off, or belongs to others. */
  done(): void
}

/** A chunk that may be claimed. */
export interface Announced {
  readonly id: string
  /** The work that it is part of. */
  readonly group: number
  /** Messages. */
  readonly size: number
}

/** Messages of chunks that are announced together, at most: a worker takes them for one chunk. */
export const BUNDLE = 64

/** Names of the queues on a broker, and the form of the messages in them: the owner of the chunks decides on both. */
export interface Wire {
  readonly queue: string
  /** Messages that no worker could read. */
  readonly deadLetters: string
  /** @param body at least one id; the group of the first */
  encode(body: { readonly chunkIds: readonly string[]; readonly group: number }): Buffer
  /** @returns undefined when it is no message of ours, or of another version */
  decode(content: Buffer): { readonly chunkIds: readonly string[] } | undefined
}

export interface Publisher {
  /** Announces chunks; resolves with the ids that have safely arrived at the queue. */
  publish(chunks: readonly Announced[]): Promise<readonly string[]>
}

export interface Consumer {
  /**
   * Waits for the next hint; undefined once `stop` has aborted.
   * @param prefetch chunks in flight at most, the same in each call: the queue sends no more ahead
   */
  take(stop: AbortSignal, prefetch?: number): Promise<Delivery | undefined>
  /** The next hint that is here already. */
  takeNow(): Delivery | undefined
}

/** Figures of the broker's queues. */
export interface BrokerFigures {
  readonly messages: number
  readonly consumers: number
  /** Messages that no worker could read, kept for a look. */
  readonly deadLetters: number
}

export interface Queue extends Publisher, Consumer {
  readonly name: 'postgres' | 'rabbitmq'
  /** Rejects with the reason when the queue is out of order. */
  check(): Promise<void>
  /** Undefined where the database is the queue. Rejects like `check`. */
  inspect(): Promise<BrokerFigures | undefined>
  close(): Promise<void>
}
