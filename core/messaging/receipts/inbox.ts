/**
 * The inbox: receipts and what people wrote, stored before the provider is answered. What comes again changes nothing. Whoever
 * wrote to opt out is suppressed in the transaction that stores it: after the provider's answer nothing more is sent to them.
 */
import type { Kysely } from 'kysely'
import { openBatcher } from '../../batcher.ts'
import { isPassing } from '../../db/retry.ts'
import { prepareSql, readSqlFile } from '../../db/sql-file.ts'
import type { Channel } from '../channel.ts'
import { followWishes, type Wish, wishOf } from '../inbound/wishes.ts'
import type { Database } from '../schema.ts'
import type { Inbound, Receipt } from '../senders/hook.ts'
import { type KeywordReader, openKeywords } from '../text/keywords/keywords.ts'

/** Contents of one call of a provider. */
export interface Post {
  /** Name of the sender. */
  readonly sender: string
  /** Its channel; undefined: it has several, or people cannot write to it. */
  readonly channel?: Channel | undefined
  readonly receipts: readonly Receipt[]
  readonly inbound: readonly Inbound[]
}

/** Receipts and messages in one statement, which only a single larger post exceeds; and how many are worth a second one. */
const SIZE = { limit: 2000, minBatch: 500 }
/** Characters of an id or a code, and of a text. A provider's are far shorter. */
const MOST = { id: 255, text: 5000 }

const source = readSqlFile(new URL('./inbox.sql', import.meta.url))

type Db = Kysely<Pick<Database, 'receipts' | 'inbound_messages' | 'suppressions'>>

/** Prepares storing posts: it resolves once they are committed. Posts that come at one time share a statement. */
export function openInbox(db: Db, keywords: KeywordReader = openKeywords()): (post: Post) => Promise<void> {
  const insert = prepareSql<ReturnType<typeof encode>, Stored>(db, source)
  const store = openBatcher<Post, void>({
    run: async (posts) => {
      const inbound = posts.flatMap((post) => readInbound(post, keywords))
      const rows = encode(posts, inbound)
      // Nearly always: suppressions change one transaction at a time, and what needs none does not wait for them.
      if (inbound.every(({ wish }) => wish === undefined)) await insert(rows)
      else await db.transaction().execute(async (trx: Db) => followNew(trx, inbound, await insert(rows, trx)))
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

/** A message that is new. */
interface Stored {
  readonly sender: string
  readonly provider_id: string
}

type Read = ReturnType<typeof readInbound>[number]

/** Follows the wishes of new messages alone: of one that is posted again, the person may have taken it back since. */
function followNew(trx: Db, inbound: readonly Read[], stored: readonly Stored[]): Promise<void> {
  const isNew = new Set(stored.map(keyOf))
  return followWishes(
    trx,
    inbound.flatMap(({ wish, ...row }): Wish[] => (wish && isNew.has(keyOf(row)) ? [wish] : [])),
  )
}

const keyOf = ({ sender, provider_id }: Stored) => `${sender}\n${provider_id}`

const readInbound = ({ sender, channel, inbound }: Post, keywords: KeywordReader) =>
  inbound.map((message) => {
    const on = message.channel ?? channel
    const from = plainOrNull(message.from)
    const text = plain(message.text, MOST.text)
    const reading = message.intent ?? keywords.read(text)
    return {
      sender,
      channel: on ?? null,
      provider_id: plain(message.id, MOST.id),
      phone: from,
      sent_to: plainOrNull(message.to),
      text,
      intent: message.intent ?? null,
      at: message.at ?? null,
      reading,
      wish: wishOf({ from: from ?? undefined, text, intent: message.intent }, reading, { sender, channel: on }),
    }
  })

function encode(posts: readonly Post[], inbound: readonly Read[]) {
  const receipts = posts.flatMap(({ sender, receipts }) => receipts.flatMap((receipt) => readReceipt(sender, receipt)))
  return {
    receipt_senders: receipts.map(({ sender }) => sender),
    receipt_references: receipts.map(({ reference }) => reference),
    receipt_deliveries: receipts.map(({ delivery }) => delivery),
    receipt_echoes: receipts.map(({ echoed }) => (echoed ? 1 : 0)),
    receipt_provider_ids: receipts.map(({ providerId }) => providerId),
    receipt_codes: receipts.map(({ code }) => code),
    receipt_abouts: receipts.map(({ about }) => about),
    inbound_senders: inbound.map(({ sender }) => sender),
    inbound_channels: inbound.map(({ channel }) => channel),
    inbound_ids: inbound.map(({ provider_id }) => provider_id),
    inbound_phones: inbound.map(({ phone }) => phone),
    inbound_sent_to: inbound.map(({ sent_to }) => sent_to),
    inbound_bodies: inbound.map(({ text }) => text),
    inbound_intents: inbound.map(({ intent }) => intent),
    inbound_times: inbound.map(({ at }) => at),
    inbound_readings: inbound.map(({ reading }) => reading),
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
