/**
 * Writes results, and asks how many more messages may be started. Reports of several chunks of a process share one statement
 * and one COMMIT: the fewer there are, the less each message costs.
 *
 * The right to start is fenced by epoch, state, campaign status and circuit breaker; the outcome never is. A worker that lost its lease
 * may still report, and what it reports counts if the message still stands at that turn. So a replay of the same report
 * after a broken connection changes nothing (race 13), and two owners cannot count one message twice (race 11).
 */
import type { Kysely } from 'kysely'
import { openBatcher } from '../../batcher.ts'
import { isPassing } from '../../db/retry.ts'
import type { Lease } from './claim.ts'
import { acceptLate } from './late.ts'
import { prepareReport, type ReportTables } from './report-statement.ts'
import type { RefValues, ReportRow, ReportValues } from './report-values.ts'
import type { Result } from './result.ts'
import { bucketSeconds } from './retry.ts'

/** Next state of the chunk: this worker keeps it, it is done, or it is released for another worker. */
export type Next = 'keep' | 'done' | 'release'

export interface Report {
  readonly results: readonly Result[]
  /** The last message that was started; nothing above it has been. */
  readonly startedUpto: string
  /** Started and not reported, without those that are wanted. */
  readonly inFlight: number
  /** Ids of the messages to be started next, in order. */
  readonly wanted: readonly string[]
  /** Their costs in units of the sender's rate; default: 1 each. */
  readonly costs?: readonly number[]
  /** Id of the latest suppression or withdrawal that was known when they were picked; absent: none is looked for. */
  readonly known?: string
  /**
   * For a chunk that is given back as it was claimed, because all its messages wait: the moment from which it may be claimed
   * again, in milliseconds since the epoch. No message is written for that.
   */
  readonly until?: number | undefined
  /** Only a chunk that is kept may start messages. */
  readonly next: Next
}

/** `permits`: the first so many of the messages that are wanted may be started now. */
export type ReportAnswer = Omit<ReportRow, 'nth'>

interface LeasedReport {
  readonly lease: Lease
  readonly report: Report
}

/** The answer for a chunk that there is no more. */
const NOTHING: ReportAnswer = {
  moved: 0,
  permits: 0,
  wait_ms: 0,
  start_ms: 0,
  gap_ms: 0,
  step_ms: 0,
  stale: false,
}

const states = { keep: 'leased', done: 'done', release: 'ready' } as const

/**
 * Statements in flight at once: while the database works on one, the reports that arrive go into the next, and with two
 * neither the database nor this process waits for the other.
 */
const STATEMENTS = 2
/** Messages in one statement, which only a single larger report exceeds; and how many are worth a second statement. */
const MESSAGES = { limit: 1000, minBatch: 384 }

/** Says whether a sender's receipts name nothing but the id that its provider answered, which is kept then. */
type IsAnswered = (sender: string) => boolean

/** Prepares reporting; the function that comes back may be called again with the same values after any failure. */
export function openReport(
  db: Kysely<ReportTables>,
  leaseSeconds: number,
  isAnswered: IsAnswered = () => false,
): (lease: Lease, report: Report) => Promise<ReportAnswer> {
  const run = prepareReport(db)
  const batch = openBatcher<LeasedReport, ReportAnswer>({
    run: async (reports) => {
      const rows = await run({ ...encode(reports, leaseSeconds), ...refsOf(reports, isAnswered) })
      const answers = new Map(rows.map(({ nth, ...answer }) => [nth, answer]))
      return Promise.all(reports.map((leased, at) => finish(db, leased, answers.get(at + 1))))
    },
    // Two owners of a chunk in one process, of which one has lost it, must not meet: a statement changes a row only once.
    keyOf: ({ lease }) => lease.id,
    sizeOf: ({ report }) => report.results.length,
    isPassing,
    limits: { concurrency: STATEMENTS, size: MESSAGES.limit },
    minBatch: MESSAGES.minBatch,
  })
  return (lease, report) => batch({ lease, report })
}

/** Fewer messages moved than were reported: another owner, or this report's own first run, was there before. */
async function finish(
  db: Kysely<ReportTables>,
  { lease, report: { results } }: LeasedReport,
  answer: ReportAnswer = NOTHING,
): Promise<ReportAnswer> {
  if (answer.moved < results.length)
    await acceptLate(
      db,
      lease.campaign_id,
      results.filter((one) => one.status === 'sent'),
    )
  return answer
}

function encode(reports: readonly LeasedReport[], leaseSeconds: number): Omit<ReportValues, keyof RefValues> {
  const others: Result[] = []
  const of: number[] = []
  const sent = {
    ids: [] as string[],
    of: [] as number[],
    refs: [] as (string | null)[],
    texts: [] as (string | null)[],
  }
  for (const [at, { report }] of reports.entries())
    for (const one of report.results) {
      if (one.status !== 'sent') {
        others.push(one)
        of.push(at + 1)
        continue
      }
      sent.ids.push(one.id)
      sent.of.push(at + 1)
      sent.refs.push(one.providerId)
      sent.texts.push(one.text)
    }
  return {
    lease_seconds: leaseSeconds,
    chunks: reports.map(({ lease }) => lease.id),
    campaigns: reports.map(({ lease }) => lease.campaign_id),
    turns: reports.map(({ lease }) => lease.turn),
    request_ids: reports.map(({ lease }) => lease.request_id),
    epochs: reports.map(({ lease }) => lease.epoch),
    senders: reports.map(({ lease }) => lease.sender),
    probes: reports.map(({ lease }) => (lease.probe ? 1 : 0)),
    uptos: reports.map(({ report }) => report.startedUpto),
    in_flights: reports.map(({ report }) => report.inFlight),
    states: reports.map(({ report }) => states[report.next]),
    dues: reports.map(({ report }) => secondsOf(report.until)),
    ...wantedOf(reports),
    sent_ids: sent.ids,
    sent_of: sent.of,
    sent_refs: sent.refs,
    sent_texts: sent.texts,
    other_ids: others.map(({ id }) => id),
    other_of: of,
    other_statuses: others.map(({ status }) => status),
    other_attempts: others.map(({ attempts }) => attempts),
    other_codes: others.map(({ code }) => code),
    other_texts: others.map(({ text }) => text),
    other_delays: others.map(({ delayMs }) => delayMs),
    other_untils: others.map(({ until }) => secondsOf(until)),
    // A message that waits for a receipt is with nobody: its chunk is due when its time is over.
    other_buckets: others.map(({ delayMs, awaiting }) => (awaiting ? 1 : bucketSeconds(delayMs))),
    other_awaits: others.map(({ awaiting }) => (awaiting ? 1 : 0)),
    other_avoids: others.map(({ by }) => (by === 'other' ? 1 : 0)),
    other_pins: others.map(({ by }) => (by === 'same' ? 1 : 0)),
  }
}

const secondsOf = (ms: number | undefined): number | null => (ms === undefined ? null : ms / 1000)

/** Ids and costs of single messages are needed within limits only: without them all that are wanted may start, or none. */
function wantedOf(reports: readonly LeasedReport[]) {
  const after: (number | null)[] = []
  const ids: string[] = []
  const costs: number[] = []
  for (const { lease, report } of reports) {
    after.push(lease.limited === null ? null : ids.length)
    if (lease.limited === null) continue
    ids.push(...report.wanted)
    costs.push(...(report.costs ?? report.wanted.map(() => 1)))
  }
  return {
    wanted: reports.map(({ report }) => report.wanted.length),
    wanted_upto: reports.map(({ report }) => report.wanted.at(-1) ?? null),
    wanted_after: after,
    known: reports.map(({ report }) => report.known ?? null),
    wanted_ids: ids,
    wanted_costs: costs,
  }
}

const NO_REFS: RefValues = { ref_senders: [], ref_ids: [], ref_messages: [] }

function refsOf(reports: readonly LeasedReport[], isAnswered: IsAnswered): RefValues {
  const answered = reports.filter(({ lease }) => isAnswered(lease.sender))
  if (answered.length === 0) return NO_REFS
  const refs = answered.flatMap(({ lease: { sender }, report }) =>
    report.results.flatMap(({ id, providerId }) => (providerId === null ? [] : [{ sender, id, providerId }])),
  )
  return {
    ref_senders: refs.map(({ sender }) => sender),
    ref_ids: refs.map(({ providerId }) => providerId),
    ref_messages: refs.map(({ id }) => id),
  }
}
