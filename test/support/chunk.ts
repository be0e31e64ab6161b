/** One chunk in the hands of `workChunk`, with a provider whose answers and a database whose permits the test gives. */

import { type Clock, systemClock } from '../../core/clock.ts'
import type { Lease } from '../../core/messaging/chunk/claim.ts'
import type { Waiting } from '../../core/messaging/chunk/read.ts'
import type { Report, ReportAnswer } from '../../core/messaging/chunk/report.ts'
import { refusedConsent } from '../../core/messaging/consents/flags.ts'
import { builtIn, type Candidate, type Policy } from '../../core/messaging/policy/policy.ts'
import type { Outcome } from '../../core/messaging/senders/contract.ts'
import { suppressionOf } from '../../core/messaging/suppressions/flags.ts'
import type { Call } from '../../plugins/worker/calls.ts'
import { type ChunkJob, workChunk } from '../../plugins/worker/chunk.ts'
import { resultOf } from '../../plugins/worker/result.ts'

/** The answer of a report for a sender without limits. */
export const unlimited = { start_ms: 0, gap_ms: 0, step_ms: 0, stale: false }

export const accepted = (id: string): Outcome => ({ kind: 'accepted', id: `mock-${id}` })

export interface Started {
  readonly id: string
  readonly signal: AbortSignal
  answer(outcome?: Outcome): void
}

export interface Script {
  readonly startedUpto?: string
  readonly lease?: Partial<Lease>
  readonly customers?: Readonly<Record<number, Partial<Waiting>>>
  readonly job?: Partial<Omit<ChunkJob, 'policies'>> & {
    /** Policies that plugins contribute. */
    readonly policies?: readonly Policy[]
    readonly quietHours?: Policy
    readonly expired?: () => boolean
    readonly needsConsent?: boolean
    readonly render?: (message: Waiting) => string
  }
  /** Answer of the database to report number `nth`, from 1; all that is wanted is permitted unless it says less. */
  readonly permit?: (report: Report, nth: number) => Partial<ReportAnswer> | Promise<Partial<ReportAnswer>>
  /** The provider; without it the calls stay open until the test answers them. */
  readonly answer?: (call: Call, signal: AbortSignal) => Promise<Outcome>
}

/** Nothing fails, nobody is suppressed meanwhile, and nothing is capped. */
const quiet = {
  onPoison: () => {},
  onPolicyFailure: () => {},
  onThrown: () => {},
  known: () => '0',
  refresh: async () => {},
  caps: undefined,
}

const nameOf = ({ first_name }: Waiting) => `Hi ${first_name ?? ''}`

function openScriptClock() {
  let elapsed = 0
  /** Milliseconds of each pause between two asks; they last one at most. */
  const sleeps: number[] = []
  const sleep = (ms: number, signal?: AbortSignal) => {
    sleeps.push(ms)
    return systemClock.sleep(Math.min(ms, 1), signal)
  }
  const clock: Clock = { ...systemClock, elapsed: () => elapsed, sleep }
  /** Lets a moment pass on the clock without the process having run. */
  const pause = (ms: number) => {
    elapsed += ms
  }
  return { clock, sleeps, pause }
}

const candidateOf = (
  message: Waiting,
  { expired, text, needsConsent }: Pick<Candidate, 'expired' | 'text'> & { readonly needsConsent: boolean },
): Candidate => ({
  messageId: message.id,
  campaignId: 1,
  channel: 'sms',
  phone: message.phone,
  suppression: suppressionOf(message.flags, 'sms'),
  refusedConsent: refusedConsent(message.flags, 'sms', needsConsent),
  expired,
  text,
  template: () => undefined,
})

/** @param size messages 1 to `size` are in the chunk */
export function openScript(size: number, script: Script = {}) {
  const stop = new AbortController()
  const kill = new AbortController()
  const reports: Report[] = []
  const started: Started[] = []
  const { clock, sleeps, pause } = openScriptClock()
  const { expired = () => false, needsConsent = false, render = nameOf, ...more } = script.job ?? {}
  const { policies = [], quietHours, ...changes } = more
  const idempotent = changes.idempotent ?? true
  const send = (call: Call, signal: AbortSignal) => {
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    const { id } = call.message
    started.push({ id, signal, answer: (outcome = accepted(id)) => resolve(outcome) })
    return script.answer?.(call, signal) ?? promise
  }
  const job: ChunkJob = {
    clock,
    window: 8,
    most: Number.POSITIVE_INFINITY,
    startWithinMs: 20_000,
    idempotent,
    mayRepeatDoubtful: idempotent,
    costOf: undefined,
    timeoutMs: 10_000,
    policies: { builtIn: builtIn({ quietHours }), contributed: policies },
    isOutdated: () => false,
    candidate: (message) => candidateOf(message, { expired: expired(), needsConsent, text: () => render(message) }),
    ...quiet,
    batch: 1,
    send: (calls, signal) => Promise.all(calls.map((call) => send(call, signal))),
    report: async (report) => {
      reports.push(report)
      const answer = await script.permit?.(report, reports.length)
      return { moved: report.results.length, permits: report.wanted.length, wait_ms: 0, ...unlimited, ...answer }
    },
    resultOf: ({ message, text }, outcome) =>
      resultOf({ id: message.id, attempts: message.attempts, turn: 0, text }, outcome, idempotent, {
        maxAttempts: 3,
        backoff: () => 0,
      }),
    ...changes,
  }
  const leased = { ...lease(size, script.startedUpto), ...script.lease }
  const ended = workChunk(leased, messages(size, script), job, stop.signal, kill.signal)
  return {
    stop,
    kill,
    reports,
    sleeps,
    started,
    ended,
    pause,
    ids: () => started.map(({ id }) => id),
    results: () => reports.flatMap((report) => report.results),
    last: () => reports.at(-1),
  }
}

function lease(size: number, startedUpto = '0'): Lease {
  return {
    id: '1',
    campaign_id: 1,
    turn: 0,
    first_id: '1',
    last_id: String(size),
    ids: null,
    size,
    epoch: 1,
    started_upto: startedUpto,
    request_id: null,
    expires_in_ms: null,
    purpose: 'marketing',
    consent_required: false,
    transliteration: 'none',
    policies: null,
    claimed_at: 0,
    asked: 0,
    answered: 0,
    probe: false,
    closings: null,
    texts: null,
    template: null,
    awaiting: false,
    stalled: 0,
    channel: 'sms',
    sender: 'sms',
    pinned: null,
    country: null,
    limited: null,
    base_template: '',
  }
}

function messages(size: number, { customers = {} }: Script): Waiting[] {
  return Array.from({ length: size }, (_, at) => ({
    id: String(at + 1),
    attempts: 0,
    phone: '+254712345678',
    flags: null,
    first_name: 'Amina',
    last_name: null,
    location: null,
    prefered_product: null,
    ...customers[at + 1],
  }))
}

/** Waits until it holds; the test's own deadline ends a wait that is in vain. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await Bun.sleep(1)
}
