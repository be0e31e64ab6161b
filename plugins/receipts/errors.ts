/** Refusals of what is posted to a hook. */
import { defineErrors } from '../../core/errors.ts'

export const hookErrors = defineErrors({
  HOOK_UNREADABLE: { status: 400, message: 'The sender "main" cannot read this body' },
  HOOK_SIGNATURE_WRONG: { status: 401, message: 'The signature is missing or wrong' },
  HOOK_NOT_FOUND: { status: 404, message: 'There is no sender "main" that takes receipts' },
})
