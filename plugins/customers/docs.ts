/** Documentation of the customer routes. */

import { errors } from '../../core/errors.ts'
import { route } from '../../core/http/route.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import { customerCount, customerPage, idsPage, lookupAnswer, shownCustomer } from './schema.ts'

const tag = 'Customers'

const example = {
  id: 1,
  first_name: 'Amina',
  last_name: 'Otieno',
  phone: '+254712345678',
  location: 'Nairobi',
  prefered_product: null,
  created_at: '2030-01-01T08:15:30.123Z',
  updated_at: '2030-01-01T08:15:30.123Z',
}

export const createDocs = route({
  scope: 'customers:write',
  tag,
  summary: 'Create a customer',
  description: 'Only the phone is needed. It must be a valid number that no other customer has.',
  answers: [{ status: 201, description: 'The customer', schema: shownCustomer, example }],
  errors: [errors.INVALID_REQUEST, messagingErrors.CUSTOMER_EXISTS],
  body: true,
})

export const listDocs = route({
  scope: 'customers:read',
  tag,
  summary: 'List customers',
  description: 'Newest first.',
  answers: [
    {
      status: 200,
      description: 'One page',
      schema: customerPage,
      example: { data: [example], pagination: { page: 1, page_size: 20, total_count: 1, total_pages: 1 } },
    },
  ],
  errors: [errors.INVALID_REQUEST],
})

export const countDocs = route({
  scope: 'customers:read',
  tag,
  summary: 'Count customers',
  description:
    'How many customers GET /customers lists, exactly: a list counts those that a search finds up to 10,000 only. May take seconds among millions.',
  answers: [{ status: 200, description: 'Their number', schema: customerCount, example: { count: 1737 } }],
  errors: [errors.INVALID_REQUEST],
})

export const idsDocs = route({
  scope: 'customers:read',
  tag,
  summary: 'List customers’ ids',
  description:
    'What GET /customers lists, as ids alone, in their order and up to 100,000 at once: for POST /campaigns/{id}/send. Go on with `cursor` = next_cursor until that is null.',
  answers: [{ status: 200, description: 'Some ids', schema: idsPage, example: { data: [1, 2, 3], next_cursor: null } }],
  errors: [errors.INVALID_REQUEST],
})

export const lookupDocs = route({
  scope: 'customers:read',
  tag,
  summary: 'Find customers’ ids by phone',
  description: 'Phones that are no customer’s are left out.',
  answers: [{ status: 200, description: 'Their ids', schema: lookupAnswer, example: { data: [1] } }],
  errors: [errors.INVALID_REQUEST],
  body: true,
})

export const showDocs = route({
  scope: 'customers:read',
  tag,
  summary: 'Show a customer',
  description: 'By id.',
  answers: [{ status: 200, description: 'The customer', schema: shownCustomer, example }],
  errors: [errors.INVALID_REQUEST, messagingErrors.CUSTOMER_NOT_FOUND],
})

export const changeDocs = route({
  scope: 'customers:write',
  tag,
  summary: 'Change a customer',
  description: 'Fields that are absent stay; null empties one. Messages that are sent from now on use the new values.',
  answers: [{ status: 200, description: 'The customer as it is now', schema: shownCustomer, example }],
  errors: [errors.INVALID_REQUEST, messagingErrors.CUSTOMER_NOT_FOUND, messagingErrors.CUSTOMER_EXISTS],
  body: true,
})

export const removeDocs = route({
  scope: 'customers:write',
  tag,
  summary: 'Delete a customer',
  description: 'Messages to the customer that are still waiting are skipped; those that were sent stay in the record.',
  answers: [{ status: 204, description: 'It is gone' }],
  errors: [errors.INVALID_REQUEST, messagingErrors.CUSTOMER_NOT_FOUND],
})
