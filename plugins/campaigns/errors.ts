/** Kinds of refusals of /send, beside the domain's. */
import { defineErrors, fieldProblems } from '../../core/errors.ts'

const empty = 'customer_ids is empty: name at least one customer'
const tooMany = 'customer_ids holds 100001 ids; send at most 100000 a call, in several calls'

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
