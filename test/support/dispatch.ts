/** Set-up of dispatch tests: customers, a campaign, and its operations on one database. */
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import { openComplete } from '../../core/messaging/campaign/complete.ts'
import { type Action, controlCampaign } from '../../core/messaging/campaign/control.ts'
import { expireLeases } from '../../core/messaging/chunk/chunk-state.ts'
import { type Lease, openLeases } from '../../core/messaging/chunk/claim.ts'
import { openRead } from '../../core/messaging/chunk/read.ts'
import { type Reopening, reopen } from '../../core/messaging/chunk/reopen.ts'
import { type Next, openReport } from '../../core/messaging/chunk/report.ts'
import type { Result } from '../../core/messaging/chunk/result.ts'
import { openAudience } from '../../core/messaging/enqueue/audience.ts'
import type { Database, MessageStatus } from '../../core/messaging/schema.ts'
import { templateFields } from '../../core/messaging/text/template.ts'

const LEASE_SECONDS = 30
export const SENDERS = ['sms', 'whatsapp']

/** Permissions that a campaign's operations need. */
type Tables = 'campaigns' | 'outbound_messages' | 'dispatch_chunks'

export interface ReportInput {
  readonly results?: readonly Result[]
  readonly startedUpto?: string
  readonly inFlight?: number
  readonly wanted?: readonly (string | number)[]
  readonly costs?: readonly number[]
  readonly next?: Next
  readonly known?: string
}

/** The operations as one worker named `owner` has them, with these senders open. */
export function openDispatch(db: Kysely<Database>, owner = 'w1', senders: readonly string[] = SENDERS) {
  const leases = openLeases(db)
  const write = openReport(db, LEASE_SECONDS)
  const read = openRead(db)
  const claimant = { owner, leaseSeconds: LEASE_SECONDS, senders }
  const claim = async (after = 0) => (await leases.claim({ ...claimant, after, most: 1, window: 1, room: 1 }))[0]
  return {
    claim,
    /** As many of the next `most` campaigns as there is room for. */
    claimMany: (values: { after?: number; most: number; window: number; room: number }) =>
      leases.claim({ ...claimant, after: 0, ...values }),
    /** As a worker that a message broker told of it. */
    claimChunk: async (chunk: string) =>
      (await leases.claimChunks({ ...claimant, chunks: [chunk], window: 1, room: 1 }))[0],
    claimChunks: (chunks: readonly string[], window: number) =>
      leases.claimChunks({ ...claimant, chunks, window, room: window }),
    /** As `claim`, where there must be a chunk. */
    take: async (after = 0): Promise<Lease> => {
      const lease = await claim(after)
      if (!lease) throw new Error('Nothing to claim')
      return lease
    },
    /** With all that a template may tell. */
    read: (lease: Lease) => read(lease, templateFields),
    report: (lease: Lease, { results = [], wanted = [], next = 'keep', costs, known, ...more }: ReportInput) => {
      const { startedUpto = lease.started_upto, inFlight = 0 } = more
      const optional = { ...(costs && { costs }), ...(known !== undefined && { known }) }
      return write(lease, { results, startedUpto, inFlight, wanted: wanted.map(String), next, ...optional })
    },
    complete: openComplete(db),
    queue: (campaignId: number, customerIds: readonly number[], more = false) =>
      db.transaction().execute((trx) => queueWithin(trx, campaignId, customerIds, more)),
    closeAudience: (campaignId: number) => db.transaction().execute((trx) => closeWithin(trx, campaignId)),
    control: (campaignId: number, action: Action) =>
      db.transaction().execute((trx) => controlWithin(trx, campaignId, action)),
    reopen: (reopening: Reopening) => db.transaction().execute((trx) => reopen(trx.$pickTables<Tables>(), reopening)),
  }
}

/** Queues in a transaction that goes on. */
export function queueWithin(trx: Kysely<Database>, campaignId: number, customerIds: readonly number[], more = false) {
  return openAudience(trx).queue(trx, { campaignId, customerIds, more })
}

export function closeWithin(trx: Kysely<Database>, campaignId: number) {
  return openAudience(trx).close(trx, campaignId)
}

export function controlWithin(trx: Kysely<Database>, campaignId: number, action: Action) {
  return controlCampaign(trx.$pickTables<Tables>(), campaignId, action)
}

export type Dispatch = ReturnType<typeof openDispatch>

/** Customers 1 to `count`. */
export async function addCustomers(db: Kysely<Database>, count: number): Promise<number[]> {
  await sql`insert into customers (phone, first_name)
    select '+2547' || lpad(n::text, 8, '0'), 'Customer ' || n from generate_series(1, ${count}::int) n`.execute(db)
  return range(1, count)
}

/** @param inSeconds its time, counted from now; without one it is a draft */
export async function addCampaign(db: Kysely<Database>, inSeconds?: number): Promise<number> {
  const time = inSeconds === undefined ? null : sql<Date>`now() + ${inSeconds}::float8 * interval '1 second'`
  const { id } = await db
    .insertInto('campaigns')
    .values({
      name: 'Test',
      channel: 'sms',
      base_template: 'Hi {first_name}',
      status: time === null ? 'draft' : 'scheduled',
      scheduled_at: time,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** Customers, a campaign, and the customers queued for it. */
export async function startCampaign(db: Kysely<Database>, customers: number) {
  const dispatch = openDispatch(db)
  const customerIds = await addCustomers(db, customers)
  const campaignId = await addCampaign(db)
  await dispatch.queue(campaignId, customerIds)
  return { ...dispatch, campaignId, customerIds }
}

/** Result of message `id` at its first try, unless `more` says otherwise. */
export function outcome(id: string | number, status: MessageStatus, more: Partial<Result> = {}): Result {
  const code = status === 'sent' ? null : 'provider.rejected'
  const providerId = status === 'sent' ? `mock-${id}` : null
  return { id: String(id), status, attempts: 1, providerId, code, text: 'Hi', delayMs: 0, ...more }
}

export function outcomes(ids: readonly (string | number)[], status: MessageStatus, more: Partial<Result> = {}) {
  return ids.map((id) => outcome(id, status, more))
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at)
}

/** Turns the database's clock past every lease; without ids, of every chunk. */
export async function endLeases(db: Kysely<Database>): Promise<void> {
  await db
    .updateTable('dispatch_chunks')
    .set({ lease_until: sql<Date>`now() - interval '1 second'` })
    .where('state', '=', 'leased')
    .execute()
}

/** Ends every lease and gives its chunk back, as when the worker's process was killed. */
export async function loseLeases(db: Kysely<Database>): Promise<void> {
  await endLeases(db)
  await expireLeases(db)
}

/** Turns the database's clock past the time that an audience may stay open without a call. */
export async function leaveOpen(db: Kysely<Database>, id: number): Promise<void> {
  await db
    .updateTable('campaigns')
    .set({ audience_seen_at: sql<Date>`now() - interval '601 seconds'` })
    .where('id', '=', id)
    .execute()
}

/** Lets every retry chunk be claimed now. */
export async function endBackoff(db: Kysely<Database>): Promise<void> {
  await db.updateTable('dispatch_chunks').set({ due_at: sql<Date>`now()` }).where('state', '=', 'ready').execute()
}

export function getChunk(db: Kysely<Database>, id: string) {
  return db.selectFrom('dispatch_chunks').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

export function listChunks(db: Kysely<Database>) {
  return db.selectFrom('dispatch_chunks').selectAll().orderBy('id').execute()
}

export function getMessage(db: Kysely<Database>, id: string | number) {
  return db.selectFrom('outbound_messages').selectAll().where('id', '=', String(id)).executeTakeFirstOrThrow()
}

export function getCampaign(db: Kysely<Database>, id: number) {
  return db.selectFrom('campaigns').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}
