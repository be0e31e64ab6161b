/** Bounds of one call to /send. */
import { AppError, type ErrorKind } from '../../core/errors.ts'
import { campaignErrors } from './errors.ts'
import { MAX_CUSTOMER_IDS } from './schema.ts'

const refuse = (kind: ErrorKind, message: string) => new AppError(kind, message, [{ path: 'customer_ids', message }])

const EMPTY =
  'customer_ids is empty: give at least one customer id, or close the audience with POST /campaigns/{id}/close-audience'

/** @throws AppError EMPTY_CUSTOMER_IDS, TOO_MANY_CUSTOMER_IDS */
export function requireSome(customerIds: readonly number[]): void {
  if (customerIds.length === 0) throw refuse(campaignErrors.EMPTY_CUSTOMER_IDS, EMPTY)
  if (customerIds.length > MAX_CUSTOMER_IDS)
    throw refuse(
      campaignErrors.TOO_MANY_CUSTOMER_IDS,
      `customer_ids has ${customerIds.length} ids: send at most ${MAX_CUSTOMER_IDS} per call, with more: true on every call but the last`,
    )
}
