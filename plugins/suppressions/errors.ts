/** Kinds of errors of the suppression routes. */
import { defineErrors } from '../../core/errors.ts'

export const suppressionErrors = defineErrors({
  SUPPRESSION_NOT_FOUND: {
    status: 404,
    message:
      'Cannot lift: this phone number has no suppression that matches. GET /suppressions?q= lists those of a number',
  },
  SUPPRESSION_ERASED: {
    status: 409,
    message: 'Cannot lift: the person was erased. Only they can come back, as a new customer with another number',
  },
})
