/** Giving a campaign its recipients in one call or several, and the conditions for it. */

import type { Kysely } from 'kysely'
import { AppError } from '../../errors.ts'
import { failpoint } from '../../failpoint.ts'
import { getCampaign } from '../campaign/campaigns.ts'
import { openComplete } from '../campaign/complete.ts'
import { type CampaignStatus, isRunning } from '../campaign/status.ts'
import { messagingErrors } from '../errors.ts'
import type { Database } from '../schema.ts'
import { compileTemplate, warnings } from '../text/template.ts'
import { type Audience, openAudience, type Queued } from './audience.ts'

export type { Audience } from './audience.ts'

type Tables = Pick<Database, 'campaigns' | 'customers' | 'outbound_messages' | 'dispatch_chunks'>

/** @throws AppError TEMPLATE_UNKNOWN_PLACEHOLDER */
function requireKnownFields(campaignId: number, template: string): void {
  const problems = warnings(compileTemplate(template))
  if (problems.length === 0) return
  throw new AppError(
    messagingErrors.TEMPLATE_UNKNOWN_PLACEHOLDER,
    `Cannot send campaign ${campaignId}: its template has placeholders that would be sent as they are`,
    problems.map((message) => ({ path: 'base_template', message })),
  )
}

/** Service of whoever gives campaigns their recipients. */
export interface EnqueueService {
  /** Queues recipients. @throws AppError what forbids sending; nothing is queued then */
  queue(audience: Audience): Promise<Queued>
  /** Ends an open audience. @throws AppError CAMPAIGN_NOT_FOUND */
  close(campaignId: number): Promise<{ readonly status: CampaignStatus }>
}

export function openEnqueueService(db: Kysely<Tables>): EnqueueService {
  const { queue, close } = openAudience(db)
  const complete = openComplete(db)
  /** Completes the campaign if all its recipients are final already: no worker would do it. */
  const completeIfDone = async <A extends { readonly status: CampaignStatus }>(
    campaignId: number,
    answer: A,
  ): Promise<A> => {
    if (!isRunning(answer.status)) return answer
    await complete(campaignId)
    // Read in any case: a worker that ended the last chunk at this moment may have completed it first.
    return { ...answer, status: (await getCampaign(db, campaignId)).status }
  }
  return Object.freeze<EnqueueService>({
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
  })
}
