/** Giving a campaign its recipients, and what must hold before. */
import type { Kysely } from 'kysely'
import type { Database } from '../../core/db/schema.ts'
import { type Audience, openAudience, type Queued } from '../../core/dispatch/audience.ts'
import { AppError, type ErrorCode } from '../../core/errors.ts'
import { failpoint } from '../../core/failpoint.ts'
import { compileTemplate, warnings } from '../../core/template.ts'
import { MAX_CUSTOMER_IDS } from './schema.ts'

type Tables = Pick<Database, 'campaigns' | 'customers' | 'outbound_messages' | 'dispatch_chunks'>

const refuse = (code: ErrorCode, message: string) => new AppError(code, message, [{ path: 'customer_ids', message }])

/** @throws AppError EMPTY_CUSTOMER_IDS, TOO_MANY_CUSTOMER_IDS */
export function requireSome(customerIds: readonly number[]): void {
  if (customerIds.length === 0) throw refuse('EMPTY_CUSTOMER_IDS', 'customer_ids is empty: name at least one customer')
  if (customerIds.length > MAX_CUSTOMER_IDS)
    throw refuse(
      'TOO_MANY_CUSTOMER_IDS',
      `customer_ids holds ${customerIds.length} ids; send at most ${MAX_CUSTOMER_IDS} a call, in several calls`,
    )
}

/** @throws AppError TEMPLATE_UNKNOWN_PLACEHOLDER */
function requireKnownFields(campaignId: number, template: string): void {
  const problems = warnings(compileTemplate(template))
  if (problems.length === 0) return
  throw new AppError(
    'TEMPLATE_UNKNOWN_PLACEHOLDER',
    `Cannot send campaign ${campaignId}: its template has placeholders that would be sent as they are`,
    problems.map((message) => ({ path: 'base_template', message })),
  )
}

/** @returns queues recipients. @throws AppError whatever forbids sending; nothing is queued then */
export function openSend(db: Kysely<Tables>): (audience: Audience) => Promise<Queued> {
  const queue = openAudience(db)
  return (audience) =>
    db.transaction().execute(async (trx) => {
      const tables: Kysely<Tables> = trx
      const queued = await queue(tables, audience, (text) => requireKnownFields(audience.campaignId, text))
      await failpoint('send.queued')
      return queued
    })
}
