/** Schemas and documentation of the price routes. */
import { t } from 'elysia'
import { errors } from '../../core/errors.ts'
import { route } from '../../core/http/route.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import { priceSchema, pricesExample } from '../../core/messaging/prices/service.ts'

const tag = 'Prices'

const answer = t.Object(
  {
    prices: t.Array(priceSchema),
    source: t.String({
      enum: ['api', 'file'],
      description: '`api`: PUT /prices set it. `file`: it comes from the file that PRICES names',
    }),
  },
  { title: 'Prices' },
)
const example = { prices: pricesExample, source: 'api' }

export const getDocs = route({
  scope: 'prices:read',
  tag,
  summary: 'Get the price list',
  description: 'Returns the prices by which a dry run works out what a campaign costs.',
  answers: [{ status: 200, description: 'The price list', schema: answer, example }],
})

export const putDocs = route({
  scope: 'prices:write',
  tag,
  summary: 'Replace the price list',
  description:
    'Replaces all prices. A country without a price of its own has that of `*`; without one, dry runs name it and leave its messages out of the cost.',
  answers: [{ status: 200, description: 'The new price list', schema: answer, example }],
  errors: [errors.INVALID_REQUEST, messagingErrors.PRICES_FROM_FILE],
  body: true,
})
