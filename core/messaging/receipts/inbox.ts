/** The inbox: receipts and what people wrote, stored before the provider is answered. What comes again changes nothing. */
import type { Kysely } from 'kysely'
import { openBatcher } from '../../batcher.ts'
import { isPassing } from '../../db/retry.ts'
import { prepareSql, readSqlFile } from '../../db/sql-file.ts'
import type { Database } from '../schema.ts'
import type { Inbound, Receipt } from '../senders/hook.ts'

/** Contents of one call of a provider. */
export interface Post {
  /** Name of the sender. */
  readonly sender: string
  readonly receipts: readonly Receipt[]
  readonly inbound: readonly Inbound[]
}

/** Receipts and messages in one statement, which only a single larger post exceeds; and how many are worth a second one. */
const SIZE = { limit: 2000, minBatch: 500 }
/** Characters of an id or a code, and of a text. A provider's are far shorter. */
const MOST = { id: 255, text: 5000 }

const source = readSqlFile(new URL('./inbox.sql', import.meta.url))

/** Prepares storing posts: it resolves once they are committed. Posts that come at one time share a statement. */
export function openInbox(db: Kysely<Pick<Database, 'receipts' | 'inbound_messages'>>): (post: Post) => Promise<void> {
  const insert = prepareSql<ReturnType<typeof encode>, unknown>(db, source)
  const store = openBatcher<Post, void>({
    run: async (posts) => {
      await insert(encode(posts))
      return []
    },
    sizeOf: ({ receipts, inbound }) => receipts.length + inbound.length,
    isPassing,
    limits: { concurrency: 2, size: SIZE.limit },
    minBatch: SIZE.minBatch,
  })
  return async (post) => {
    if (post.receipts.length + post.inbound.length > 0) await store(post)
  }
}

function encode(posts: readonly Post[]) {
  const receipts = posts.flatMap(({ sender, receipts }) => receipts.flatMap((receipt) => readReceipt(sender, receipt)))
  const inbound = posts.flatMap(({ sender, inbound }) => inbound.map((message) => ({ sender, ...message })))
  return {
    receipt_senders: receipts.map(({ sender }) => sender),
    receipt_references: receipts.map(({ reference }) => reference),
    receipt_deliveries: receipts.map(({ delivery }) => delivery),
    receipt_echoes: receipts.map(({ echoed }) => (echoed ? 1 : 0)),
    receipt_provider_ids: receipts.map(({ providerId }) => providerId),
    receipt_codes: receipts.map(({ code }) => code),
    receipt_abouts: receipts.map(({ about }) => about),
    inbound_senders: inbound.map(({ sender }) => sender),
    inbound_ids: inbound.map(({ id }) => plain(id, MOST.id)),
    inbound_phones: inbound.map(({ from }) => plainOrNull(from)),
    inbound_sent_to: inbound.map(({ to }) => plainOrNull(to)),
    inbound_bodies: inbound.map(({ text }) => plain(text, MOST.text)),
    inbound_intents: inbound.map(({ intent }) => intent ?? null),
    inbound_times: inbound.map(({ at }) => at ?? null),
  }
}

/** The row of a receipt; none where it names neither id, and so no message. */
function readReceipt(sender: string, { messageId, providerId, delivery, providerCode, about }: Receipt) {
  const echoed = messageId !== undefined && isMessageId(messageId)
  const reference = echoed ? messageId : plainOrNull(providerId)
  if (!reference) return []
  const code = delivery === 'undelivered' ? plainOrNull(providerCode) : null
  return [{ sender, reference, delivery, echoed, providerId: plainOrNull(providerId), code, about: about ?? null }]
}

/** An int8 above zero, as our ids are written. Test messages have others: they are no campaign's. */
const isMessageId = (text: string): boolean => /^[1-9]\d{0,18}$/.test(text) && BigInt(text) < 2n ** 63n

/** Text that PostgreSQL can hold, of bounded length. */
const plain = (text: string, most: number): string => text.replaceAll('\0', '').slice(0, most)
const plainOrNull = (text: string | undefined) => (text === undefined ? null : plain(text, MOST.id))
