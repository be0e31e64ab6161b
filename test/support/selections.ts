/** Set-up of tests of selections: forty customers, a campaign, and what is done with it. */
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import { systemClock } from '../../core/clock.ts'
import type { AudienceSpec } from '../../core/messaging/enqueue/audience-spec.ts'
import { openEnqueueService } from '../../core/messaging/enqueue/enqueue.ts'
import { openQueueing } from '../../core/messaging/enqueue/queueing.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { openSegmentService } from '../../core/messaging/segments/service.ts'
import { addCustomers, range } from './dispatch.ts'

export const NAIROBI = { field: 'location', is: 'Nairobi' }
export const VIP = { tag: 'vip' }

interface SelectOptions {
  readonly evaluate?: 'now' | 'at_start'
  readonly more?: boolean
  /** Default: 1. */
  readonly id?: number
}

/** Ids of those among customers 1 to 40 that fit. */
export const where = (fits: (id: number) => boolean): number[] => range(1, 40).filter(fits)

/** Customers 1 to 40: those with an even id are in Nairobi, every fifth is a VIP. */
export async function addForty(db: Kysely<Database>): Promise<void> {
  await addCustomers(db, 40)
  await sql`update customers set location = case when id % 2 = 0 then 'Nairobi' else 'Kisumu' end,
    tags = case when id % 5 = 0 then array['vip'] else '{}' end`.execute(db)
}

export function openSelections(db: () => Kysely<Database>) {
  const enqueue = () => openEnqueueService(db(), systemClock)
  const segments = () => openSegmentService(db(), systemClock)
  const openTake = () => openQueueing(db(), systemClock)
  return {
    enqueue,
    segments,
    openTake,
    select: (spec: AudienceSpec, { id: campaignId = 1, ...options }: SelectOptions = {}) =>
      enqueue().select({ campaignId, spec, requestId: null, ...options }),
    addSegment: async (name: string, rule: Readonly<Record<string, unknown>>) =>
      (await segments().insert({ name, rule })).id,
    /** Takes steps until nothing is left. */
    queueAll: async (take = openTake()) => {
      const steps = []
      for (let step = await take(); step; step = await take()) steps.push(step)
      return steps
    },
    /** In the order in which they were queued. */
    recipients: async (id = 1) => {
      const rows = await db()
        .selectFrom('outbound_messages')
        .select('customer_id')
        .where('campaign_id', '=', id)
        .orderBy('id')
        .execute()
      return rows.map((row) => row.customer_id)
    },
    /** Lets the next step look at so many ids. */
    narrow: (span: number) => db().updateTable('selections').set({ span }).execute(),
  }
}
