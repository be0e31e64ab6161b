/** Receipts of one campaign in the ledger of the provider's fake against the rows, once all that was sent is over. */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../../core/messaging/schema.ts'
import { until } from '../../test/support/server-process-wait.ts'
import type { Trial } from './campaign.ts'
import { type Breach, breaches } from './invariant.ts'
import type { Stage } from './stage.ts'

/** Receipts come for so long after the last message. */
export const RECEIPTS_WITHIN_MS = 90_000

/** A2 of deliveries: in the end each message that was sent has its receipt. */
export async function findAwaited(trial: Trial): Promise<Breach[]> {
  let awaiting: number | undefined
  const look = async () => {
    const { sent, delivered, undelivered } = (await trial.status()).stats
    awaiting = sent - delivered - undelivered
    return awaiting === 0
  }
  await until('all receipts have come', look, RECEIPTS_WITHIN_MS).catch(() => {}) // `awaiting` tells
  return awaiting === 0 ? [] : [{ rule: 'A2', what: `${awaiting} messages still await their receipts` }]
}

/** Messages that waited for a receipt because a worker was killed, whatever came of it. */
export async function countDoubts(db: Kysely<Database>, campaignId: number): Promise<number> {
  const { rows } = await sql<{ doubts: number }>`select coalesce(sum(size), 0)::int as doubts
    from dispatch_chunks where awaiting and campaign_id = ${campaignId}`.execute(db)
  return rows[0]?.doubts ?? 0
}

/** A4: a message that the provider took is settled by its receipt. What a worker was only permitted to start stays in doubt. */
export async function findUnsettled({ database, ledger }: Stage, campaignId: number): Promise<Breach[]> {
  let unsettled: readonly { readonly id: string }[] = []
  const look = async () => {
    const taken = new Set((await ledger.accepts()).map(({ message_id }) => message_id))
    const unknown = await database.db
      .selectFrom('outbound_messages')
      .select('id')
      .where('campaign_id', '=', campaignId)
      .where('status', '=', 'unknown')
      .execute()
    unsettled = unknown.filter(({ id }) => taken.has(id))
    return unsettled.length === 0
  }
  // A receipt that came after the campaign's end settles too; `unsettled` tells what none did.
  await until('receipts have settled all', look, RECEIPTS_WITHIN_MS).catch(() => {})
  return breaches('A4', 'messages that the provider took, and no receipt settled', unsettled)
}

/** Words with which a provider that gives up ends a message. */
const LAST_STATUSES = new Set(['delivered', 'undelivered', 'failed'])

/** A2 of deliveries where the provider gave some up: in the end each receipt that was taken has its effect. */
export async function findFolded({ database, fake }: Stage, campaignId: number): Promise<Breach[]> {
  const posts = (await fake?.entries('post')) ?? []
  const taken = posts
    .filter(({ status }) => status >= 200 && status < 300)
    .flatMap(({ receipts }) => receipts.filter(({ status }) => LAST_STATUSES.has(status)).map(({ id }) => id))
  let awaiting: readonly unknown[] = []
  const look = async () => {
    const { rows } = await sql`select id, provider_message_id from outbound_messages
      where campaign_id = ${campaignId} and provider_message_id = any(${taken})
        and (delivery is null or delivery < 'undelivered')`.execute(database.db)
    awaiting = rows
    return taken.length > 0 && rows.length === 0
  }
  await until('the receipts that were taken are folded', look, RECEIPTS_WITHIN_MS).catch(() => {}) // `awaiting` tells
  if (taken.length === 0) return [{ rule: 'A2', what: 'no receipt was taken' }]
  return breaches('A2', 'messages whose receipts were taken, and have no effect', awaiting)
}
