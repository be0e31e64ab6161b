/**
 * A campaign by the functions of the domain, step by step on one connection: each step is timed by the clock, and by the CPU
 * time of the server's process. Nothing is sent.
 */
import { type Kysely, sql } from 'kysely'
import { openComplete } from '../../core/messaging/campaign/complete.ts'
import { type Lease, openLeases } from '../../core/messaging/chunk/claim.ts'
import { openRead, type Waiting } from '../../core/messaging/chunk/read.ts'
import { openReport } from '../../core/messaging/chunk/report.ts'
import type { Result } from '../../core/messaging/chunk/result.ts'
import { openAudience } from '../../core/messaging/enqueue/audience.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { compileTemplate } from '../../core/messaging/text/template.ts'
import { idsFrom } from './campaign.ts'
import { TEMPLATE } from './customers.ts'
import { type CampaignStep, campaignSteps } from './keys.ts'
import { cpuTime } from './procfs.ts'
import { defaultOf } from './settings.ts'

export interface StepTime {
  /** Microseconds. */
  readonly elapsed: number
  /** Microseconds that the server computed. */
  readonly cpu: number
}
export type StepTimes = Readonly<Record<CampaignStep, StepTime>>

/** Each of one connection. */
export interface Handles {
  readonly enqueue: Kysely<Database>
  readonly work: Kysely<Database>
  /** The same one as `work`, or one with other settings. */
  readonly report: Kysely<Database>
}

/** Ids of one call, as the bench's calls to /send name them. */
const IDS_A_CALL = 20_000
const template = compileTemplate(TEMPLATE)

/**
 * Prepares the statements.
 * @returns sends one campaign to customers 1 to `recipients`, and checks that every message is `sent`
 */
export async function openSteps({
  enqueue,
  work,
  report,
}: Handles): Promise<(recipients: number) => Promise<StepTimes>> {
  const [enqueuePid, workPid, reportPid] = [await pidOf(enqueue), await pidOf(work), await pidOf(report)]
  const queueAll = openQueue(enqueue)
  const worker = openWorker(work, report)
  return async (recipients) => {
    const { times, timed } = openStopwatch()
    const campaignId = await insertCampaign(enqueue)
    await timed('enqueue', enqueuePid, () => queueAll(campaignId, recipients))
    for (;;) {
      const leases = await timed('claim', workPid, () => worker.claim())
      if (leases.length === 0) break
      const chunks = await timed('read', workPid, () => worker.read(leases))
      const results = chunks.map(sentResults)
      await timed('report', reportPid, () => worker.report(leases, results))
    }
    await timed('complete', workPid, () => worker.complete(campaignId))
    await requireSent(enqueue, campaignId, recipients)
    return times
  }
}

async function pidOf(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db)
  return rows[0]?.pid ?? Number.NaN
}

function openStopwatch() {
  const times = Object.fromEntries(campaignSteps.map((step) => [step, { elapsed: 0, cpu: 0 }])) as Record<
    CampaignStep,
    StepTime
  >
  const timed = async <T>(step: CampaignStep, pid: number, run: () => Promise<T>): Promise<T> => {
    const [begun, used] = [performance.now(), cpuTime(pid)]
    const answer = await run()
    const { elapsed, cpu } = times[step]
    times[step] = { elapsed: elapsed + (performance.now() - begun) * 1000, cpu: cpu + cpuTime(pid) - used }
    return answer
  }
  return { times, timed }
}

async function insertCampaign(db: Kysely<Database>): Promise<number> {
  const campaign = await db
    .insertInto('campaigns')
    .values({ name: 'Bench', channel: 'sms', base_template: TEMPLATE })
    .returning('id')
    .executeTakeFirstOrThrow()
  return campaign.id
}

function openQueue(db: Kysely<Database>) {
  const { queue } = openAudience(db)
  return async (campaignId: number, recipients: number) => {
    for (let at = 0; at < recipients; at += IDS_A_CALL) {
      const customerIds = idsFrom(at + 1, Math.min(IDS_A_CALL, recipients - at))
      await db.transaction().execute((trx: Kysely<Database>) => queue(trx, { campaignId, customerIds }))
    }
  }
}

const sentResults = (messages: readonly Waiting[]): Result[] =>
  messages.map((message) => ({
    id: message.id,
    status: 'sent',
    attempts: message.attempts + 1,
    providerId: `mock-${message.id}`,
    code: null,
    text: template.render(message),
    delayMs: 0,
  }))

async function requireSent(db: Kysely<Database>, campaignId: number, recipients: number): Promise<void> {
  const { rows } = await sql<{ sent: number; counted: number }>`select k.sent as counted,
      (select count(*)::int from outbound_messages m where m.campaign_id = k.id and m.status = 'sent') as sent
    from campaigns k where k.id = ${campaignId} and k.status = 'sent'`.execute(db)
  if (rows[0]?.sent !== recipients || rows[0].counted !== recipients)
    throw new Error(`Campaign ${campaignId}: ${rows[0]?.sent} of ${recipients} sent, ${rows[0]?.counted} counted`)
}

/** As many chunks at once as a worker has, each reported window by window. */
function openWorker(db: Kysely<Database>, reportDb: Kysely<Database>) {
  const [window, concurrency] = [defaultOf('WORKER_WINDOW'), defaultOf('WORKER_CONCURRENCY')]
  const leaseSeconds = defaultOf('WORKER_LEASE_SECONDS')
  const leases = openLeases(db)
  const read = openRead(db)
  const report = openReport(reportDb, leaseSeconds)
  const claimant = { owner: 'bench', leaseSeconds, senders: ['sms'] }
  const claimOne = () => leases.claim({ ...claimant, after: 0, most: 1, window, room: window })

  async function reportChunk(lease: Lease, results: readonly Result[]): Promise<void> {
    for (let at = 0; ; at += window) {
      const [reported, begun] = [results.slice(Math.max(0, at - window), at), results.slice(at, at + window)]
      const wanted = begun.map(({ id }) => id)
      const startedUpto = reported.at(-1)?.id ?? lease.started_upto
      const next = wanted.length > 0 ? 'keep' : 'done'
      const { moved, permits } = await report(lease, { results: reported, startedUpto, inFlight: 0, wanted, next })
      if (moved < reported.length || permits < wanted.length)
        throw new Error(
          `Chunk ${lease.id}: ${moved} of ${reported.length} reported, ${permits} of ${wanted.length} permitted`,
        )
      if (next === 'done') return
    }
  }

  return {
    claim: async () => {
      const claimed: Lease[] = []
      while (claimed.length < concurrency) {
        const found = await claimOne()
        if (found.length === 0) break
        claimed.push(...found)
      }
      return claimed
    },
    read: (claimed: readonly Lease[]) => Promise.all(claimed.map((lease) => read(lease, template.fields))),
    report: (claimed: readonly Lease[], results: readonly (readonly Result[])[]) =>
      Promise.all(claimed.map((lease, nth) => reportChunk(lease, results[nth] ?? []))),
    complete: openComplete(db),
  }
}
