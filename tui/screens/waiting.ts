/** The reason why a campaign waits, and the notice of a test sender. Pure. */
import { wordBeforeTime } from '../../core/messaging/senders/codes.ts'
import type { Snapshot } from '../../plugins/stats/snapshot.ts'
import { type Piece, piece } from '../components/line.tsx'
import { moment, plural } from '../format.ts'
import type { Campaign } from '../state/campaigns.ts'

type Waiting = Snapshot['campaigns'][number]['waiting']
type Deferred = Pick<Campaign, 'deferred' | 'deferred_until'>

const warning = { color: 'yellow', bold: true } as const

/** Reason on a line of its own; empty while the campaign is being sent. */
export function waitingPieces(waiting: Waiting): Piece[] {
  if (!waiting) return [piece(' ')]
  const { reason, since, until, detail } = waiting
  const at = reason === 'paused' ? since : until
  return [piece(` ▲ ${detail}.${at ? ` ${wordBeforeTime(reason)} ${moment(at)}` : ''}`, warning)]
}

/** Recipients who wait for their quiet hours to end, in place of the reason where all that is left waits for that. */
export function deferredPieces({ deferred, deferred_until: until }: Deferred): Piece[] {
  if (deferred === 0) return []
  const times = until === null ? '' : `, ${deferred === 1 ? 'until' : 'the first until'} ${moment(until)}`
  const wait = deferred === 1 ? 'waits' : 'wait'
  return [piece(` ◷ ${plural(deferred, 'recipient')} ${wait} for quiet hours to end${times}.`, { color: 'yellow' })]
}

/** Shown wherever messages can be sent, while the channel uses the mock sender. */
export const testSenderPieces = (snapshot: Snapshot | undefined, channel: 'sms' | 'whatsapp'): Piece[] =>
  snapshot?.senders?.[channel] === 'mock' ? [piece(`  ${TEST_SENDER}`, warning)] : []

export const TEST_SENDER = 'Test sender: nobody receives these messages'
