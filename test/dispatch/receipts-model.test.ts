/** Receipts in every order, doubled, before the report and after the end, against a plain model (races 13, 14 and 40). */
import { beforeEach, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type Kysely, sql } from 'kysely'
import { campaignStats } from '../../core/messaging/campaign/stats.ts'
import type { Lease } from '../../core/messaging/chunk/claim.ts'
import { openFold } from '../../core/messaging/receipts/fold.ts'
import { openInbox } from '../../core/messaging/receipts/inbox.ts'
import type { Database, Delivery } from '../../core/messaging/schema.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { loseLeases, outcomes, startCampaign } from '../support/dispatch.ts'
import { expectInvariant } from '../support/invariant.ts'

const RUNS = { pglite: 8, postgres: Number(process.env.MODEL_RUNS ?? 30) }
const MESSAGES = 6
const ranks: readonly Delivery[] = ['submitted', 'undelivered', 'delivered', 'read']
const DELIVERED = 2

type Result = 'sent' | 'unknown' | 'failed'
type Step =
  | { readonly do: 'receipt'; readonly id: number; readonly rank: number }
  | { readonly do: 'report'; readonly ids: readonly number[]; readonly result: Result }
  | { readonly do: 'fold' | 'lose' | 'complete' }

const id = fc.integer({ min: 1, max: MESSAGES })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('receipt' as const), id, rank: fc.nat(ranks.length - 1) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('report' as const),
      ids: fc.uniqueArray(id, { minLength: 1, maxLength: 3 }),
      result: fc.constantFrom<Result[]>('sent', 'unknown', 'failed'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('fold' as const, 'lose' as const, 'complete' as const) }) },
)

/** By the rules alone: the highest rank stays, a receipt settles doubt, and only a delivery overrules a failure. */
function openModel() {
  const messages = new Map<number, { result: Result | undefined; rank: number }>()
  for (let id = 1; id <= MESSAGES; id++) messages.set(id, { result: undefined, rank: -1 })
  let inbox: { readonly id: number; readonly rank: number }[] = []
  const get = (id: number) => messages.get(id) ?? { result: undefined, rank: -1 }
  const sent = () => [...messages.values()].filter(({ result }) => result === 'sent')
  return {
    receipt: (id: number, rank: number) => void inbox.push({ id, rank }),
    report: (id: number, result: Result) => {
      const message = get(id)
      if (message.result === undefined || result === 'sent') message.result = result
    },
    fold: () => {
      for (const { id, rank } of inbox) {
        const message = get(id)
        if (message.result === undefined || (message.result === 'failed' && rank < DELIVERED)) continue
        message.result = 'sent'
        message.rank = Math.max(message.rank, rank)
      }
      inbox = inbox.filter(({ id }) => get(id).result === undefined)
    },
    isOpen: () => [...messages.values()].some(({ result }) => result === undefined),
    figures: () => ({
      sent: sent().length,
      delivered: sent().filter(({ rank }) => rank >= DELIVERED).length,
      undelivered: sent().filter(({ rank }) => ranks[rank] === 'undelivered').length,
      read: sent().filter(({ rank }) => ranks[rank] === 'read').length,
    }),
    deliveries: () => [...messages.values()].map(({ rank }) => ranks[rank] ?? null),
  }
}

async function openRun(db: Kysely<Database>) {
  await emptyTables(db)
  const campaign = await startCampaign(db, MESSAGES)
  const store = openInbox(db)
  const fold = openFold(db)
  let lease: Lease = await campaign.take()
  const report = (ids: readonly number[], result: Result) =>
    campaign.report(lease, { results: outcomes(ids, result), startedUpto: String(MESSAGES) })
  return {
    campaignId: campaign.campaignId,
    receipt: (id: number, rank: number) =>
      store({
        sender: 'sms',
        receipts: [{ messageId: String(id), delivery: ranks[rank] ?? 'read' }],
        inbound: [],
      }),
    report,
    /** Until nothing moves any more. */
    fold: async () => {
      for (let moved = 1; moved > 0; ) {
        await sql`update receipts set due_at = now()`.execute(db)
        const { changed, sent } = await fold()
        moved = changed + sent
      }
    },
    /** Another worker takes over; reports of the first go on under the lease that it has lost. */
    lose: async () => {
      await loseLeases(db)
      lease = (await campaign.claim()) ?? lease
    },
    complete: async () => {
      await campaign.report(lease, { startedUpto: String(MESSAGES), next: 'done' })
      await campaign.complete(campaign.campaignId)
    },
  }
}

async function act(run: Awaited<ReturnType<typeof openRun>>, model: ReturnType<typeof openModel>, step: Step) {
  switch (step.do) {
    case 'receipt':
      model.receipt(step.id, step.rank)
      return run.receipt(step.id, step.rank)
    case 'report':
      for (const id of step.ids) model.report(id, step.result)
      return run.report(step.ids, step.result)
    case 'fold':
      model.fold()
      return run.fold()
    case 'lose':
      return run.lose()
    case 'complete':
      if (!model.isOpen()) await run.complete()
  }
}

eachDatabase((database, kind) => {
  beforeEach(() => emptyTables(database().db))

  test('sent = awaiting + delivered + undelivered after every step, and the end does not depend on the order', async () => {
    const { db } = database()
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), async (steps) => {
        const run = await openRun(db)
        const model = openModel()
        for (const each of [...steps, { do: 'fold' } as const]) {
          await act(run, model, each)
          await expectInvariant(db)
          const { sent, delivered, undelivered, read } =
            (await campaignStats(db, [run.campaignId])).get(run.campaignId) ?? {}
          expect({ sent, delivered, undelivered, read }).toEqual(model.figures())
        }
        const rows = await db.selectFrom('outbound_messages').select('delivery').orderBy('id').execute()
        expect(rows.map(({ delivery }) => delivery)).toEqual(model.deliveries())
      }),
      { numRuns: RUNS[kind] },
    )
  }, 120_000)
})
