/** One call to /send: customers by their ids, or an audience of segments and rules. */
import { AppError, type ErrorKind, errors } from '../../core/errors.ts'
import type { AudienceSpec } from '../../core/messaging/enqueue/enqueue.ts'
import type { Evaluate } from './audience-schema.ts'
import { campaignErrors } from './errors.ts'
import { MAX_CUSTOMER_IDS, type SendRequest } from './schema.ts'

const refuse = (kind: ErrorKind, message: string, path = 'customer_ids') =>
  new AppError(kind, message, [{ path, message }])

const EMPTY =
  'customer_ids is empty: give at least one customer id, or close the audience with POST /campaigns/{id}/close-audience'

export interface Asked {
  readonly more: boolean
  readonly evaluate: Evaluate
  readonly customerIds: readonly number[]
  /** In place of ids. */
  readonly spec?: AudienceSpec
}

/** @throws AppError INVALID_REQUEST, EMPTY_CUSTOMER_IDS, TOO_MANY_CUSTOMER_IDS */
export function readSend({ customer_ids, audience: spec, more = false, evaluate }: SendRequest): Asked {
  if (spec) {
    if (customer_ids) throw refuse(errors.INVALID_REQUEST, 'customer_ids must be absent where there is an audience')
    return { more, evaluate: evaluate ?? 'at_start', customerIds: [], spec }
  }
  if (!customer_ids)
    throw refuse(errors.INVALID_REQUEST, 'customer_ids is missing: give ids of customers, or an audience')
  if (evaluate) throw refuse(errors.INVALID_REQUEST, 'evaluate goes with an audience: leave it out', 'evaluate')
  requireSome(customer_ids)
  return { more, evaluate: 'at_start', customerIds: customer_ids }
}

function requireSome(customerIds: readonly number[]): void {
  if (customerIds.length === 0) throw refuse(campaignErrors.EMPTY_CUSTOMER_IDS, EMPTY)
  if (customerIds.length > MAX_CUSTOMER_IDS)
    throw refuse(
      campaignErrors.TOO_MANY_CUSTOMER_IDS,
      `customer_ids has ${customerIds.length} ids: send at most ${MAX_CUSTOMER_IDS} per call, with more: true on every call but the last`,
    )
}
