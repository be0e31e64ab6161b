/** Posts of a fake provider to our hook: receipts grouped as its provider groups them, each post repeated until it is taken. */
import type { Fake, FakeReceipt, FakeState, Posting } from './frame-contract.ts'
import type { FakeLedger } from './frame-ledger.ts'

/** Posts in flight at once. */
const MOST_POSTS = 64
/** Posts that are kept for a replay. */
const KEPT_POSTS = 1000
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5000

export interface Poster {
  /** Posts these receipts, each beside others that wait for the same address. */
  add(receipt: FakeReceipt): void
  /** Posts these receipts by themselves. Resolves when all were taken or given up. */
  now(receipts: readonly FakeReceipt[]): Promise<void>
  post(posting: Posting): Promise<void>
  /** Posts the last ones again, byte for byte. */
  replay(count: number): Promise<void>
  /** Receipts that were not posted yet. */
  waiting(): number
}

export function openPoster(fake: Fake, state: FakeState, ledger: FakeLedger): Poster {
  const waiting = new Map<string, FakeReceipt[]>()
  const sent: Posting[] = []
  let inFlight = 0

  const post = async (posting: Posting) => {
    sent.push(posting)
    if (sent.length > KEPT_POSTS) sent.shift()
    for (let attempt = 1; ; attempt++) {
      const status = await deliver(posting)
      ledger.write({
        what: 'post',
        at: Date.now(),
        url: posting.url,
        receipts: posting.receipts ?? [],
        status,
        attempt,
      })
      const tryAgain = status === 0 || status === 429 || status >= 500
      if (!tryAgain || attempt > state.behaviour.retries) return
      await Bun.sleep(Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS))
    }
  }
  const postings = (receipts: readonly FakeReceipt[], url: string) => fake.receipts(receipts, url, state)

  const pump = () => {
    for (const [url, receipts] of waiting) {
      while (receipts.length > 0 && inFlight < MOST_POSTS) {
        inFlight++
        const posts = postings(receipts.splice(0, state.behaviour.receiptBatch), url).map(post)
        void Promise.all(posts).finally(() => {
          inFlight--
          pump()
        })
      }
      if (receipts.length === 0) waiting.delete(url)
      if (inFlight >= MOST_POSTS) return
    }
  }

  const addressOf = ({ message }: FakeReceipt) => message.callback ?? state.behaviour.hookUrl
  return {
    add: (receipt) => {
      const url = addressOf(receipt)
      if (!url) return
      const receipts = waiting.get(url)
      if (receipts) receipts.push(receipt)
      else waiting.set(url, [receipt])
      // All that become due in this turn of the event loop are grouped.
      setImmediate(pump)
    },
    now: async (receipts) => {
      for (const receipt of receipts) {
        const url = addressOf(receipt)
        if (url) await Promise.all(postings([receipt], url).map(post))
      }
    },
    post,
    replay: async (count) => void (await Promise.all(sent.slice(-count).map(post))),
    waiting: () => [...waiting.values()].reduce((sum, receipts) => sum + receipts.length, 0),
  }
}

/** @returns the status of the answer; 0 when there is none */
async function deliver({ url, headers, body }: Posting): Promise<number> {
  try {
    const response = await fetch(url, { method: 'POST', headers: { ...headers }, body, redirect: 'manual' })
    await response.arrayBuffer()
    return response.status
  } catch {
    return 0
  }
}
