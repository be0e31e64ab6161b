/** Kinds of errors of the customer routes, besides those of the domain. */
import { defineErrors } from '../../core/errors.ts'

export const customerErrors = defineErrors({
  IDEMPOTENCY_KEY_IN_USE: { status: 409, message: 'An import with this Idempotency-Key is running: try again later' },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    message: 'This Idempotency-Key was used with another body: use a new key for each import',
  },
})
