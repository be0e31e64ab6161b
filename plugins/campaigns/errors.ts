/** Kinds of errors of /send, besides those of the domain. */
import { defineErrors, fieldProblems } from '../../core/errors.ts'

const empty = 'customer_ids is empty: give at least one customer id'
const tooMany = 'customer_ids has 100001 ids: send at most 100000 per call, with more: true on every call but the last'

export const campaignErrors = defineErrors({
  EMPTY_CUSTOMER_IDS: {
    status: 400,
    message: empty,
    details: [{ path: 'customer_ids', message: empty }],
    schema: fieldProblems,
  },
  TOO_MANY_CUSTOMER_IDS: {
    status: 400,
    message: tooMany,
    details: [{ path: 'customer_ids', message: tooMany }],
    schema: fieldProblems,
  },
})
