import { Elysia } from 'elysia'
import { AppError, errors } from '../../core/errors.ts'
import { readCursor, writeCursor } from '../../core/http/cursor.ts'
import { requireCountry } from '../../core/messaging/settings.ts'
import { type CountryCode, parsePhone } from '../../core/messaging/text/phone.ts'
import { listDocs, reviewDocs, showDocs } from './docs.ts'
import type { InboundGrant } from './grant.ts'
import { inboundPath, type ListQuery, listQuery, MAX_LIMIT, reviewBody } from './schema.ts'
import { viewInbound } from './view.ts'

const DEFAULT_LIMIT = 20

export const inboundRoutes = ({ messaging: { inbound }, config }: InboundGrant) => {
  const country = requireCountry(config.country)
  return new Elysia({ prefix: '/inbound' })
    .get('', ({ query }) => list(inbound, country, query), { query: listQuery, detail: listDocs })
    .get('/:id', async ({ params }) => viewInbound(await inbound.get(Number(params.id))), {
      params: inboundPath,
      detail: showDocs,
    })
    .post(
      '/:id/review',
      async ({ params, body }) => viewInbound(await inbound.review(Number(params.id), body.decision)),
      { parse: 'json', params: inboundPath, body: reviewBody, detail: reviewDocs },
    )
}

/** @throws AppError INVALID_REQUEST, CUSTOMER_NOT_FOUND */
async function list(inbound: InboundGrant['messaging']['inbound'], country: CountryCode, query: ListQuery) {
  const { sender, intent, review } = query
  const limit = Math.min(Number(query.limit ?? DEFAULT_LIMIT), MAX_LIMIT)
  const before = readCursor(query.cursor)
  const phone = await readPhone(inbound, country, query)
  const { rows, next } = await inbound.list({ phone, sender, intent, review }, { before, limit })
  return { data: rows.map(viewInbound), next_cursor: next === null ? null : writeCursor(next) }
}

async function readPhone(
  inbound: InboundGrant['messaging']['inbound'],
  country: CountryCode,
  { phone, customer_id }: ListQuery,
): Promise<string | undefined> {
  if (phone !== undefined && customer_id !== undefined)
    throw refuse('query.phone', 'phone must be absent where there is a customer_id')
  if (customer_id !== undefined) return inbound.getPhone(Number(customer_id))
  if (phone === undefined) return undefined
  const parsed = parsePhone(phone, country)
  if (!parsed.ok) throw refuse('query.phone', parsed.reason)
  return parsed.phone
}

const refuse = (path: string, message: string) => new AppError(errors.INVALID_REQUEST, message, [{ path, message }])
