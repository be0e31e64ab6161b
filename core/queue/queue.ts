/** Where workers learn that a chunk is theirs to claim. The chunk row is the truth: a queue may lose or repeat anything. */

/** A hint that work may be there. Without `chunkId`: any chunk that is due. */
export interface Delivery {
  readonly chunkId?: string
  /** Ends the delivery; `claimed` tells whether there was work. */
  done(claimed: boolean): void
}

export interface Publisher {
  /** Announces chunks; resolves with the ids that have safely arrived at the queue. */
  publish(chunks: readonly { readonly id: string; readonly campaignId: number }[]): Promise<readonly string[]>
}

export interface Consumer {
  /**
   * Waits for the next hint; undefined once `stop` has aborted.
   * @param hands how many the worker could take up now, this one included: a queue may get so many ready, and no more
   */
  take(stop: AbortSignal, hands?: number): Promise<Delivery | undefined>
}

/** What lies in a message broker. */
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
