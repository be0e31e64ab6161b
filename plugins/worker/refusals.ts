/** Consequences of refusals beyond their message: content that everybody shares, and phones that are not to be written to. */
import { untilDone } from '../../core/db/retry.ts'
import type { Lease, NewSuppression, Waiting } from '../../core/messaging/chunk/work.ts'
import type { Outcome } from '../../core/messaging/senders/contract.ts'
import type { WorkGrant } from './grant.ts'

/** Messages of a campaign refused in a row for their content, after which it is paused. */
const MOST_IN_A_ROW = 5
/** Campaigns that are remembered as accepted. */
const MOST_CAMPAIGNS = 10_000

const reasonsOf = { number: 'invalid', opt_out: 'opt_out' } as const

type Claimed = Pick<Lease, 'campaign_id' | 'channel' | 'sender'>

export interface Refusals {
  note(lease: Claimed, message: Waiting, outcome: Outcome): void
  /** Writes down what was noted, before the next window is asked for: a paused campaign gets none. */
  apply(signal: AbortSignal): Promise<void>
}

interface Refused {
  readonly sender: string
  readonly providerCode: string | undefined
}

export function openRefusals({
  messaging: { work },
  clock,
  log,
}: Pick<WorkGrant, 'messaging' | 'clock' | 'log'>): Refusals {
  /** Messages that were refused in a row, of each campaign; one that is accepted ends them. */
  const inRow = new Map<number, Set<string>>()
  /** Campaigns of which a message was accepted: what is tried again of them may be just the messages that cannot be. */
  const accepted = new Set<number>()
  const toPause = new Map<number, Refused>()
  let refused: NewSuppression[] = []

  async function pause(campaign: number, { sender, providerCode }: Refused): Promise<void> {
    const code = providerCode === undefined ? '' : `, code ${providerCode}`
    if (await work.pauseRefused(campaign, `sender "${sender}"${code}`))
      log.error({ campaign, sender, code: providerCode }, 'The provider refuses the content: the campaign is paused')
  }

  function remember(campaign: number): void {
    if (accepted.size >= MOST_CAMPAIGNS) accepted.clear()
    accepted.add(campaign)
  }

  return {
    note: ({ campaign_id, channel, sender }, { id, phone, attempts }, outcome) => {
      if (outcome.kind === 'accepted' && !accepted.has(campaign_id)) remember(campaign_id)
      if (outcome.kind === 'accepted' && inRow.size > 0) inRow.delete(campaign_id)
      if (outcome.kind !== 'rejected') return
      const { about, code, providerCode } = outcome
      if (about === 'content' && (attempts === 0 || !accepted.has(campaign_id))) {
        const messages = (inRow.get(campaign_id) ?? new Set()).add(id)
        inRow.set(campaign_id, messages)
        if (messages.size >= MOST_IN_A_ROW) toPause.set(campaign_id, { sender, providerCode })
      }
      if (phone !== null && (about === 'number' || about === 'opt_out'))
        refused.push({
          phone,
          channel,
          reason: reasonsOf[about],
          source: 'answer',
          sender,
          code: providerCode ?? code,
        })
    },
    apply: async (signal) => {
      const trying = { clock, log, signal }
      for (const [campaign, content] of toPause) {
        toPause.delete(campaign)
        inRow.delete(campaign)
        accepted.delete(campaign)
        await untilDone(() => pause(campaign, content), trying)
      }
      if (refused.length === 0) return
      const taken = refused
      refused = []
      await untilDone(() => work.suppress(taken), trying)
    },
  }
}
