/** Documentation of the customer routes. */

import { t } from 'elysia'
import { errors } from '../../core/errors.ts'
import { route } from '../../core/http/route.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import { customerCount, customerDetails, customerPage, idsPage, lookupAnswer } from './schema.ts'

const tag = 'Customers'

const example = {
  id: 1,
  first_name: 'Amina',
  last_name: 'Otieno',
  phone: '+254712345678',
  location: 'Nairobi',
  prefered_product: null,
  language: 'en-KE',
  time_zone: 'Africa/Nairobi',
  tags: ['vip'],
  attributes: { points: 1250 },
  suppressed: [],
  consent: { sms: 'given', whatsapp: 'none' },
  created_at: '2030-01-01T08:15:30.123Z',
  updated_at: '2030-01-01T08:15:30.123Z',
}

export const createDocs = route({
  scope: 'customers:write',
  tag,
  summary: 'Create a customer',
  description:
    'Creates a customer. Only `phone` is required: a valid number that no other customer has. `consent` is recorded with the customer.',
  answers: [{ status: 201, description: 'The customer', schema: customerDetails, example }],
  errors: [errors.INVALID_REQUEST, messagingErrors.CUSTOMER_EXISTS],
  body: true,
})

export const listDocs = route({
  scope: 'customers:read',
  tag,
  summary: 'List customers',
  description: 'Returns a page of customers, newest first.',
  answers: [
    {
      status: 200,
      description: 'A page of customers',
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
    'Counts the customers that match exactly; the total of GET /customers stops at 10,000 for a search. May take seconds with millions of customers.',
  answers: [{ status: 200, description: 'The number of customers', schema: customerCount, example: { count: 1737 } }],
  errors: [errors.INVALID_REQUEST],
})

export const idsDocs = route({
  scope: 'customers:read',
  tag,
  summary: 'List customer ids',
  description:
    'Returns the ids of the customers that match, in ascending order and up to 100,000 per page, for POST /campaigns/{id}/send. To get the next page, pass `next_cursor` as `cursor`, until it is null.',
  answers: [
    { status: 200, description: 'A page of ids', schema: idsPage, example: { data: [1, 2, 3], next_cursor: null } },
  ],
  errors: [errors.INVALID_REQUEST],
})

export const lookupDocs = route({
  scope: 'customers:read',
  tag,
  summary: 'Find customer ids by phone',
  description: 'Returns the ids of the customers with these phone numbers. Unknown numbers are ignored.',
  answers: [{ status: 200, description: 'The ids', schema: lookupAnswer, example: { data: [1] } }],
  errors: [errors.INVALID_REQUEST],
  body: true,
})

export const showDocs = route({
  scope: 'customers:read',
  tag,
  summary: 'Get a customer',
  description: 'Returns a customer by id.',
  answers: [{ status: 200, description: 'The customer', schema: customerDetails, example }],
  errors: [errors.INVALID_REQUEST, messagingErrors.CUSTOMER_NOT_FOUND],
})

export const changeDocs = route({
  scope: 'customers:write',
  tag,
  summary: 'Update a customer',
  description:
    'Changes a customer. Omitted fields keep their values; null clears a field. `tags` replaces all tags; `attributes` changes those that it names. Messages that are sent later use the new values.',
  answers: [{ status: 200, description: 'The updated customer', schema: customerDetails, example }],
  errors: [errors.INVALID_REQUEST, messagingErrors.CUSTOMER_NOT_FOUND, messagingErrors.CUSTOMER_EXISTS],
  body: true,
})

export const removeDocs = route({
  scope: 'customers:write',
  tag,
  summary: 'Delete a customer',
  description:
    'Deletes a customer. Pending messages to the customer are skipped; messages that were sent stay on record.',
  answers: [{ status: 204, description: 'The customer is deleted' }],
  errors: [errors.INVALID_REQUEST, messagingErrors.CUSTOMER_NOT_FOUND],
})

export const exportDocs = route({
  scope: 'customers:read',
  tag,
  summary: 'Export customers as CSV',
  description:
    'Returns the customers that match as CSV, oldest first, with a column for each declared attribute (`attributes.points`). POST /customers/import accepts the file, without its columns of consents: those are recorded with what proves them. Cells that a spreadsheet would execute have a leading apostrophe, which an import removes.',
  answers: [
    {
      status: 200,
      description: 'The customers',
      type: 'text/csv',
      schema: t.String(),
      example:
        'phone,first_name,last_name,location,prefered_product,language,time_zone,tags,consent_sms,consent_whatsapp,attributes.points\r\n+254712345678,Amina,Otieno,Nairobi,,en-KE,Africa/Nairobi,vip,given,none,1250\r\n',
    },
  ],
  errors: [errors.INVALID_REQUEST],
})
