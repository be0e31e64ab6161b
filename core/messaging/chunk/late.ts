/**
 * Late acceptance: a message that was accepted, reported after another result had been written for it. A worker lost its
 * lease while the provider was slow, the next owner found the message in doubt, and now the first call proves to have
 * worked. The row becomes `sent`, and the counters move in the chunk that holds the row now.
 */
import { type Kysely, sql } from 'kysely'
import { foldAgain } from '../campaign/complete.ts'
import type { MessageStatus } from '../schema.ts'
import { addReasons, reasonChange, unreachedStatuses } from './reasons.ts'
import type { ReportTables } from './report-statement.ts'
import type { Result } from './result.ts'

/**
 * Idempotent: a message that is `sent` already does not change. A campaign that is over is counted again in the same
 * transaction, or a process that dies between the two would leave it with the old figures for ever.
 */
export async function acceptLate(
  db: Kysely<ReportTables>,
  campaignId: number,
  accepted: readonly Result[],
): Promise<void> {
  if (accepted.length === 0) return
  await db.transaction().execute(async (trx) => {
    // Same order as everywhere: messages by id, then chunks, then the campaign.
    const before = await trx
      .selectFrom('outbound_messages')
      .select(['id', 'status', 'turn', 'last_error'])
      .where('id', '=', sql<string>`any(${accepted.map(({ id }) => id)}::bigint[])`)
      .where('status', '<>', 'sent')
      .orderBy('id')
      .forUpdate()
      .execute()
    for (const row of before) await moveOne(trx, campaignId, row, accepted)
    if (before.length > 0) await foldAgain(trx.$pickTables<'campaigns' | 'dispatch_chunks'>(), campaignId)
  })
}

interface Before {
  readonly id: string
  readonly status: MessageStatus
  readonly turn: number
  readonly last_error: string | null
}

async function moveOne(trx: Kysely<ReportTables>, campaignId: number, row: Before, accepted: readonly Result[]) {
  const outcome = accepted.find(({ id }) => id === row.id)
  if (!outcome) return
  const waiting = row.status === 'pending'
  const unreached = unreachedStatuses.find((status) => status === row.status)
  await trx
    .updateTable('outbound_messages')
    .set({
      status: 'sent',
      turn: waiting ? row.turn + 1 : row.turn,
      attempts: sql<number>`greatest(attempts, ${outcome.attempts}::smallint)`,
      updated_at: sql<Date>`clock_timestamp()`,
      provider_message_id: sql<string | null>`coalesce(${outcome.providerId}::text, provider_message_id)`,
      last_error: null,
      rendered_content: sql<string | null>`coalesce(${outcome.text}::text, rendered_content)`,
    })
    .where('id', '=', row.id)
    .execute()
  // A waiting row is counted in the chunk of its turn; a final one in the chunk of the turn that ended it.
  await trx
    .updateTable('dispatch_chunks')
    .set((eb) => ({
      sent: eb('sent', '+', 1),
      failed: eb('failed', '-', row.status === 'failed' ? 1 : 0),
      skipped: eb('skipped', '-', row.status === 'skipped' ? 1 : 0),
      unknown: eb('unknown', '-', row.status === 'unknown' ? 1 : 0),
      // The last message that waited for a receipt: nothing is left to wait for.
      due_at: sql<Date>`case when awaiting and sent + 1 + failed + skipped + unknown + retried >= size
        then least(due_at, now()) else due_at end`,
      ...(unreached && { reasons: addReasons(eb.ref('reasons'), reasonChange(unreached, row.last_error, -1)) }),
    }))
    .where('campaign_id', '=', campaignId)
    .where('turn', '=', waiting ? row.turn : row.turn - 1)
    .where('first_id', '<=', row.id)
    .where('last_id', '>=', row.id)
    .where((eb) => eb.or([eb('ids', 'is', null), sql<boolean>`${row.id}::bigint = any(ids)`]))
    .execute()
}
