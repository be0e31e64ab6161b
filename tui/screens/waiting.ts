/** The reason why a campaign waits, and the notice of a test sender. Pure. */
import type { Snapshot } from '../../plugins/stats/snapshot.ts'
import { type Piece, piece } from '../components/line.tsx'
import { moment } from '../format.ts'

type Waiting = Snapshot['campaigns'][number]['waiting']

const warning = { color: 'yellow', bold: true } as const

/** Reason on a line of its own; empty while the campaign is being sent. */
export function waitingPieces(waiting: Waiting): Piece[] {
  if (!waiting) return [piece(' ')]
  const { reason, since, until, detail } = waiting
  const word = reason === 'paused' ? 'Since' : reason === 'scheduled' ? 'Starts' : 'Next attempt'
  const at = reason === 'paused' ? since : until
  return [piece(` ▲ ${detail}.${at ? ` ${word} ${moment(at)}` : ''}`, warning)]
}

/** Shown wherever messages can be sent, while the channel uses the mock sender. */
export const testSenderPieces = (snapshot: Snapshot | undefined, channel: 'sms' | 'whatsapp'): Piece[] =>
  snapshot?.senders?.[channel] === 'mock' ? [piece(`  ${TEST_SENDER}`, warning)] : []

export const TEST_SENDER = 'Test sender: nobody receives these messages'
