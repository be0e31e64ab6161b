/**
 * Wishes of people, of which their suppressions follow. Within a transaction, call it before anything else that locks rows that
 * it changes: whoever changes suppressions waits for whoever does so already (migration 0033), and may not hold what they need.
 */
import { type Kysely, sql } from 'kysely'
import type { Channel } from '../channel.ts'
import type { Database } from '../schema.ts'
import type { Inbound } from '../senders/hook.ts'
import { lift, type NewSuppression, suppress } from '../suppressions/suppress.ts'
import type { SuppressedChannel } from '../suppressions/tables.ts'
import type { WrittenIntent } from '../text/keywords/keywords.ts'

type Db = Kysely<Pick<Database, 'suppressions' | 'inbound_messages'>>

/** Code of a suppression: what the person wrote, or did at the provider, and what was decided about it. */
export const wishCodes = { stop: 'keyword', near_stop: 'near_stop', review: 'review', provider: 'provider' } as const

export interface Wish {
  /** E.164. */
  readonly phone: string
  readonly reading: 'stop' | 'near_stop' | 'start'
  readonly channel: SuppressedChannel
  readonly sender: string
  readonly code: string
}

/**
 * @param channel of the sender; undefined: it has several
 * @returns undefined where the person is not known by phone, or wishes nothing
 */
export function wishOf(
  { from, text, intent }: Pick<Inbound, 'from' | 'text' | 'intent'>,
  reading: WrittenIntent,
  { sender, channel }: { readonly sender: string; readonly channel: Channel | undefined },
): Wish | undefined {
  if (from === undefined || reading === 'help' || reading === 'other') return undefined
  // STOP means all channels, whichever it was written on. A button of the provider says which one.
  const isWritten = text.trim() !== ''
  const code =
    reading === 'near_stop'
      ? wishCodes.near_stop
      : isWritten && intent === undefined
        ? wishCodes.stop
        : wishCodes.provider
  return { phone: from, reading, sender, channel: isWritten || channel === undefined ? 'all' : channel, code }
}

/** Sources of opt-outs that the person takes back with START. What somebody else entered for them stays. */
const own = ['inbound', 'link', 'answer', 'receipt'] as const

/** Suppresses and lifts, in the order of the wishes: of one person the last one counts. */
export async function followWishes(db: Db, wishes: readonly Wish[]): Promise<void> {
  const { starts, stops } = lastOf(wishes)
  for (const [channel, of] of Map.groupBy(starts, ({ channel }) => channel))
    await lift(db, {
      phones: phonesOf(of),
      ...(channel !== 'all' && { channels: [channel] }),
      reasons: ['opt_out'],
      sources: own,
    })
  const sure = stops.filter(({ reading }) => reading === 'stop')
  // A near miss before it is sure now: it must outlast a review.
  if (sure.length > 0) await liftNearMisses(db, phonesOf(sure))
  if (stops.length > 0) await suppress(db, stops.map(suppressionOf))
  const open = new Set(phonesOf(stops))
  await closeReviews(
    db,
    phonesOf(starts).filter((phone) => !open.has(phone)),
    'ignore',
  )
  await closeReviews(db, phonesOf(sure), 'stop')
}

const phonesOf = (wishes: readonly Wish[]) => wishes.map(({ phone }) => phone)

const suppressionOf = ({ phone, channel, sender, code }: Wish): NewSuppression => ({
  phone,
  channel,
  reason: 'opt_out',
  source: 'inbound',
  sender,
  code,
})

/** For each person, the last START and what came after it. */
function lastOf(wishes: readonly Wish[]): { readonly starts: Wish[]; readonly stops: Wish[] } {
  const starts: Wish[] = []
  const stops: Wish[] = []
  for (const [, of] of Map.groupBy(wishes, ({ phone }) => phone)) {
    const last = of.findLastIndex(({ reading }) => reading === 'start')
    starts.push(...of.slice(0, last + 1).filter(({ reading }) => reading === 'start'))
    // The sure one first, since a later one of the same phone changes nothing.
    stops.push(
      ...of.slice(last + 1).sort((a, b) => Number(a.reading === 'near_stop') - Number(b.reading === 'near_stop')),
    )
  }
  return { starts, stops }
}

/** Lifts what rests on near misses alone. */
export const liftNearMisses = (db: Db, phones: readonly string[], codes: readonly string[] = [wishCodes.near_stop]) =>
  lift(db, { phones, reasons: ['opt_out'], sources: ['inbound'], codes })

/** Nobody needs to review what the person has made clear since. */
async function closeReviews(db: Db, phones: readonly string[], review: 'stop' | 'ignore'): Promise<void> {
  if (phones.length === 0) return
  await db
    .updateTable('inbound_messages')
    .set({ review, reviewed_at: sql<Date>`now()` })
    .where('phone', '=', sql<string>`any(${phones}::text[])`)
    .where('review', '=', 'open')
    .execute()
}
