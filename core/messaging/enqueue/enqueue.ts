/** Giving a campaign its recipients in one call or several, and the conditions for it. */

import type { Kysely } from 'kysely'
import type { Clock } from '../../clock.ts'
import { failpoint } from '../../failpoint.ts'
import { getCampaign } from '../campaign/campaigns.ts'
import { openComplete } from '../campaign/complete.ts'
import { type CampaignStatus, isRunning } from '../campaign/status.ts'
import { type Audience, openAudience, type Queued, type SelectedAudience } from './audience.ts'
import type { AudienceTables as Tables } from './audience-insert.ts'
import { requireKnownNames } from './known-names.ts'
import { listSelections, type SelectionView } from './selections.ts'

export type { Audience, SelectedAudience } from './audience.ts'
export { type AudienceSpec, MAX_NAMED } from './audience-spec.ts'
export type { SelectionView } from './selections.ts'

/** Service of whoever gives campaigns their recipients. */
export interface EnqueueService {
  /** Queues recipients. @throws AppError what forbids sending; nothing is queued then */
  queue(audience: Audience): Promise<Queued>
  /**
   * Adds an audience of segments and rules, whose recipients the scheduler queues.
   * @throws AppError what forbids sending, INVALID_REQUEST with the place in the audience
   */
  select(audience: Omit<SelectedAudience, 'now'>): Promise<Queued>
  /** Audiences of segments and rules that the campaign was given, in that order. @throws AppError CAMPAIGN_NOT_FOUND */
  listSelections(campaignId: number): Promise<readonly SelectionView[]>
  /** Ends an open audience. @throws AppError CAMPAIGN_NOT_FOUND */
  close(campaignId: number): Promise<Omit<Queued, 'queued'>>
}

/** @param hasLinks true where PUBLIC_URL says where stop links lead */
export function openEnqueueService(db: Kysely<Tables>, clock: Clock, hasLinks = false): EnqueueService {
  const { queue, select, close } = openAudience(db)
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
        const queued = await queue(tables, audience, (texts) =>
          requireKnownNames(tables, audience.campaignId, texts, hasLinks),
        )
        await failpoint('send.queued')
        return queued
      })
      return answer.queued > 0 || answer.audienceOpen ? answer : completeIfDone(audience.campaignId, answer)
    },
    select: (audience) =>
      db.transaction().execute(async (trx) => {
        const tables: Kysely<Tables> = trx
        const selection = { ...audience, now: clock.now() }
        const queued = await select(tables, selection, (texts) =>
          requireKnownNames(tables, audience.campaignId, texts, hasLinks),
        )
        await failpoint('send.queued')
        return queued
      }),
    listSelections: async (campaignId) => {
      await getCampaign(db, campaignId)
      return listSelections(db, campaignId)
    },
    close: async (campaignId) => {
      const answer = await db.transaction().execute((trx: Kysely<Tables>) => close(trx, campaignId))
      return answer.audienceOpen ? answer : completeIfDone(campaignId, answer)
    },
  })
}
