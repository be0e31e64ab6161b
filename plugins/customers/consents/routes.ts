import { Elysia } from 'elysia'
import { readPair, writePair } from '../../../core/http/cursor.ts'
import { principalOf } from '../../../core/http/principal.ts'
import type { CustomerGrant } from '../grant.ts'
import { customerPath } from '../schema.ts'
import { listDocs, recordDocs } from './docs.ts'
import { readConsent, viewConsent } from './input.ts'
import { consentBody, type ListQuery, listQuery, MAX_LIMIT } from './schema.ts'

const DEFAULT_LIMIT = 50

export const consentRoutes = ({ messaging: { consents }, clock }: CustomerGrant) =>
  new Elysia({ prefix: '/customers' })
    .get('/:id/consents', ({ params, query }) => list(consents, Number(params.id), query), {
      params: customerPath,
      query: listQuery,
      detail: listDocs,
    })
    .post(
      '/:id/consents',
      async ({ params, body, request, status }) => {
        const consent = readConsent(body, { actor: principalOf(request).actor, now: clock.now() })
        return status(201, viewConsent(await consents.record(Number(params.id), consent)))
      },
      { parse: 'json', params: customerPath, body: consentBody, detail: recordDocs },
    )

async function list(consents: CustomerGrant['messaging']['consents'], customerId: number, query: ListQuery) {
  const limit = Math.min(Number(query.limit ?? DEFAULT_LIMIT), MAX_LIMIT)
  const [before] = query.cursor === undefined ? [] : readPair(query.cursor)
  // One more than a page holds: it shows that there is another page.
  const rows = await consents.list(customerId, before, limit + 1)
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return { data: rows.slice(0, limit).map(viewConsent), next_cursor: last ? writePair(last.id, '0') : null }
}
