/** Template, sender and retry rules for the work on a chunk. */

import type { Texts } from '../../core/messaging/campaign/texts.ts'
import { backoffMs, type Lease, type Waiting, type Watch } from '../../core/messaging/chunk/work.ts'
import { refusedConsent } from '../../core/messaging/consents/flags.ts'
import { candidateOf } from '../../core/messaging/policy/candidate.ts'
import { builtIn, type Policy } from '../../core/messaging/policy/policy.ts'
import type { OutboundMessage, Outcome } from '../../core/messaging/senders/contract.ts'
import { suppressionOf } from '../../core/messaging/suppressions/flags.ts'
import { countParts } from '../../core/messaging/text/segments.ts'
import type { Call } from './calls.ts'
import type { ChunkJob } from './chunk.ts'
import { aboutChunk } from './chunk-log.ts'
import { awaitMsOf } from './doubt.ts'
import type { WorkGrant } from './grant.ts'
import type { ChunkPolicies } from './operator-policies.ts'
import { resultOf } from './result.ts'

/** Prepared before the messages of a chunk are read. */
export interface Prepared {
  /** The campaign's, compiled. */
  readonly texts: Texts
  readonly watch: Watch
  readonly set: ChunkPolicies
  /** Undefined where texts may be sent at any time. */
  readonly textWindow?: Policy | undefined
}

/** @param note is told of every answer, and of calls that got none in time */
export function openJob(
  lease: Lease,
  { texts, watch, set, textWindow }: Prepared,
  { messaging, clock, config, log }: WorkGrant,
  note: (message: Waiting, outcome: Outcome, startedAt: number) => unknown,
): Omit<ChunkJob, 'report' | 'refresh' | 'caps'> {
  const sender = senderOf(lease, messaging.senders)
  const claimed = clock.elapsed()
  const mayRepeat = sender.idempotent || config.unknownPolicy === 'resend'
  // A provider cannot recognise messages that an earlier owner handed to another sender.
  const sameSender = lease.pinned === null || lease.pinned === sender.name
  const rule = {
    maxAttempts: config.maxAttempts,
    backoff: (attempt: number) => backoffMs(attempt, config.backoffMs, clock.random),
    awaitMs: awaitMsOf(sender, config),
  }
  const isExpired = () => lease.expires_in_ms !== null && clock.elapsed() - claimed >= lease.expires_in_ms
  const { onThrown, onPolicyFailure, onPoison } = openFailureLog(log, lease)
  return {
    clock,
    window: lease.probe ? 1 : config.window,
    most: lease.probe ? 1 : Number.POSITIVE_INFINITY,
    idempotent: mayRepeat,
    mayRepeatDoubtful: config.unknownPolicy === 'resend' || (mayRepeat && sameSender),
    awaitMs: rule.awaitMs,
    timeoutMs: sender.timeoutMs,
    startWithinMs: config.leaseSeconds * 1000 - sender.timeoutMs,
    policies: { builtIn: builtIn({ quietHours: set.quietHours, textWindow }), contributed: messaging.work.policies() },
    candidate: openCandidates(lease, { texts, watch }, isExpired),
    onPolicyFailure,
    onPoison,
    isOutdated: set.isOutdated,
    known: watch.known,
    costOf: costOf(lease),
    batch: sender.limits.batch,
    send: (calls, signal) => {
      const batch: OutboundMessage[] = []
      for (const call of calls) batch.push(outboundOf(lease, call))
      return sender.send(batch, signal)
    },
    onThrown,
    resultOf: ({ message, text }, outcome, startedAt) => {
      note(message, outcome, startedAt)
      const kept = config.retainContent ? text : null
      return resultOf(
        { id: message.id, attempts: message.attempts, turn: lease.turn, text: kept },
        outcome,
        mayRepeat,
        rule,
      )
    },
  }
}

/** Messages as policies see them, with what is known of their phones by now. */
function openCandidates(lease: Lease, { texts, watch }: Omit<Prepared, 'set'>, isExpired: () => boolean) {
  const { campaign_id: campaignId, channel, consent_required: isRequired } = lease
  const isMarketing = lease.purpose === 'marketing'
  return (message: Waiting) => {
    const { id: messageId, phone, time_zone: timeZone } = message
    const flags = (message.flags ?? 0) | watch.flagsOf(phone)
    const suppression = suppressionOf(flags, channel)
    const consent = isMarketing ? refusedConsent(flags, channel, isRequired) : null
    const expired = isExpired()
    return candidateOf(
      { messageId, campaignId, channel, phone, timeZone, suppression, refusedConsent: consent, expired },
      message,
      texts,
    )
  }
}

/** @throws when it is not open here: a claim names only those that are */
function senderOf({ sender, channel }: Lease, senders: WorkGrant['messaging']['senders']) {
  const found = senders.get(sender) ?? senders.of(channel)[0]
  if (!found) throw new Error(`Cannot work a chunk off: the sender "${sender}" is not open in this process`)
  return found
}

const outboundOf = (lease: Lease, { message, text, template }: Call): OutboundMessage => ({
  messageId: message.id,
  campaignId: lease.campaign_id,
  channel: lease.channel,
  to: message.phone ?? '',
  text,
  template,
  attempt: message.attempts + 1,
  turn: lease.turn,
  idempotencyKey: `msg:${message.id}`,
})

/** Units of a text by which its sender's limits count; undefined where it has none. */
function costOf({ limited, channel }: Lease): ChunkJob['costOf'] {
  if (limited === null) return undefined
  return limited === 'segment' && channel === 'sms' ? countParts : () => 1
}

/** Logs what was thrown during the work on a chunk: in full at debug level only, as it may repeat the phone or the message. */
function openFailureLog(log: WorkGrant['log'], lease: Lease) {
  const failedPolicies = new Set<string>()
  const logThrown = (text: string, error: unknown, more: object) => {
    const about = { ...aboutChunk(lease), ...more }
    log.error({ ...about, thrown: error instanceof Error ? error.name : typeof error }, text)
    log.debug({ ...about, err: error }, text)
  }
  return {
    onThrown: (error: unknown, calls: readonly Call[]) =>
      logThrown('A sender threw an error', error, { messages: calls.map(({ message }) => message.id) }),
    onPolicyFailure: ({ name: policy }: Policy, error: unknown) => {
      // One line for a chunk: all of its messages may fail alike.
      if (failedPolicies.has(policy)) return
      failedPolicies.add(policy)
      logThrown('A policy failed: its messages wait, and it is asked again', error, { policy })
    },
    onPoison: ({ id: message }: Waiting, error: unknown) =>
      logThrown('A message cannot be rendered: it ends as poisoned', error, { message }),
  }
}
