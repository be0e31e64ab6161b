/** Bounds of one call to /send. */
import { AppError, type ErrorKind } from '../../core/errors.ts'
import { campaignErrors } from './errors.ts'
import { MAX_CUSTOMER_IDS } from './schema.ts'

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
