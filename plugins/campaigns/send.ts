/** Giving a campaign its recipients in one call or several, and the conditions for it. */

import type { Kysely } from 'kysely'
import { AppError, type ErrorKind } from '../../core/errors.ts'
import { failpoint } from '../../core/failpoint.ts'
import { openComplete } from '../../core/messaging/campaign/complete.ts'
import { type CampaignStatus, isRunning } from '../../core/messaging/campaign/status.ts'
import { type Audience, openAudience, type Queued } from '../../core/messaging/enqueue/audience.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { compileTemplate, warnings } from '../../core/messaging/text/template.ts'
import { campaignErrors } from './errors.ts'
import { MAX_CUSTOMER_IDS } from './schema.ts'
import { getCampaign } from './store.ts'

type Tables = Pick<Database, 'campaigns' | 'customers' | 'outbound_messages' | 'dispatch_chunks'>

const refuse = (kind: ErrorKind, message: string) => new AppError(kind, message, [{ path: 'customer_ids', message }])

const EMPTY = 'customer_ids is empty: name at least one customer; POST /campaigns/{id}/close-audience ends an audience'

/** @throws AppError EMPTY_CUSTOMER_IDS, TOO_MANY_CUSTOMER_IDS */
export function requireSome(customerIds: readonly number[]): void {
  if (customerIds.length === 0) throw refuse(campaignErrors.EMPTY_CUSTOMER_IDS, EMPTY)
  if (customerIds.length > MAX_CUSTOMER_IDS)
    throw refuse(
      campaignErrors.TOO_MANY_CUSTOMER_IDS,
      `customer_ids holds ${customerIds.length} ids; send at most ${MAX_CUSTOMER_IDS} a call, in several calls, all but the last with more: true`,
    )
}

/** @throws AppError TEMPLATE_UNKNOWN_PLACEHOLDER */
function requireKnownFields(campaignId: number, template: string): void {
  const problems = warnings(compileTemplate(template))
  if (problems.length === 0) return
  throw new AppError(
    campaignErrors.TEMPLATE_UNKNOWN_PLACEHOLDER,
    `Cannot send campaign ${campaignId}: its template has placeholders that would be sent as they are`,
    problems.map((message) => ({ path: 'base_template', message })),
  )
}

export interface Send {
  /** Queues recipients. @throws AppError what forbids sending; nothing is queued then */
  queue(audience: Audience): Promise<Queued>
  /** Ends an open audience. @throws AppError CAMPAIGN_NOT_FOUND */
  close(campaignId: number): Promise<{ readonly status: CampaignStatus }>
}

export function openSend(db: Kysely<Tables>): Send {
  const { queue, close } = openAudience(db)
  const complete = openComplete(db)
  /** Completes the campaign if all its recipients are final already: no worker would do it. */
  const completeIfDone = async <A extends { readonly status: CampaignStatus }>(
    campaignId: number,
    answer: A,
  ): Promise<A> =>
    isRunning(answer.status) && (await complete(campaignId))
      ? { ...answer, status: (await getCampaign(db, campaignId)).status }
      : answer
  return {
    queue: async (audience) => {
      const answer = await db.transaction().execute(async (trx) => {
        const tables: Kysely<Tables> = trx
        const queued = await queue(tables, audience, (text) => requireKnownFields(audience.campaignId, text))
        await failpoint('send.queued')
        return queued
      })
      return answer.queued > 0 || answer.audienceOpen ? answer : completeIfDone(audience.campaignId, answer)
    },
    close: async (campaignId) => {
      const answer = await db.transaction().execute((trx: Kysely<Tables>) => close(trx, campaignId))
      return completeIfDone(campaignId, answer)
    },
  }
}
