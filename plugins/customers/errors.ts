/** Kinds of refusals of the customer routes, beside the domain's. */
import { defineErrors } from '../../core/errors.ts'

export const customerErrors = defineErrors({
  IDEMPOTENCY_KEY_IN_USE: { status: 409, message: 'An import with this Idempotency-Key is under way: ask again later' },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    message: 'Another body was imported under this Idempotency-Key: choose a new one for each import',
  },
})
