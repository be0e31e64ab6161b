import { Elysia } from 'elysia'
import { paginated, readPage } from '../../core/http/page.ts'
import { requireCountry } from '../../core/messaging/settings.ts'
import type { CountryCode } from '../../core/messaging/text/phone.ts'
import { changeDocs, countDocs, createDocs, idsDocs, listDocs, lookupDocs, removeDocs, showDocs } from './docs.ts'
import type { CustomerGrant } from './grant.ts'
import { listIds, lookUpIds } from './ids.ts'
import { openImport } from './import/import.ts'
import { importOnce, readKey } from './import/once.ts'
import { importDocs } from './import/schema.ts'
import { readFacts, readPhone } from './input.ts'
import {
  type CustomerInput,
  countQuery,
  customerBody,
  customerChanges,
  customerPath,
  idsQuery,
  listQuery,
  lookupBody,
} from './schema.ts'
import {
  countCustomers,
  deleteCustomer,
  getCustomer,
  insertCustomer,
  listCustomers,
  updateCustomer,
  viewCustomer,
} from './store.ts'

type Db = CustomerGrant['db']

export const customerRoutes = ({ db, clock, config }: CustomerGrant) => {
  const country = requireCountry(config.country)
  return new Elysia({ prefix: '/customers' })
    .post(
      '',
      async ({ body, status }) => {
        const phone = readPhone(body.phone, country)
        return status(201, viewCustomer(await insertCustomer(db, { ...readFacts(body), phone })))
      },
      { parse: 'json', body: customerBody, detail: createDocs },
    )
    .get(
      '',
      async ({ query }) => {
        const page = readPage(query)
        const { rows, total } = await listCustomers(db, page, query, country)
        return paginated(rows.map(viewCustomer), page, total)
      },
      { query: listQuery, detail: listDocs },
    )
    .get('/count', async ({ query }) => ({ count: await countCustomers(db, query, country) }), {
      query: countQuery,
      detail: countDocs,
    })
    .get('/ids', ({ query }) => listIds(db, query, country), { query: idsQuery, detail: idsDocs })
    .post('/ids', ({ body }) => lookUpIds(db, body.phones), { parse: 'json', body: lookupBody, detail: lookupDocs })
    .post('/import', ({ request }) => take({ db, clock }, country, request), { parse: 'none', detail: importDocs })
    .get('/:id', async ({ params }) => viewCustomer(await getCustomer(db, Number(params.id))), {
      params: customerPath,
      detail: showDocs,
    })
    .patch('/:id', ({ params, body }) => change(db, country, Number(params.id), body), {
      parse: 'json',
      params: customerPath,
      body: customerChanges,
      detail: changeDocs,
    })
    .delete('/:id', ({ params }) => remove(db, Number(params.id)), { params: customerPath, detail: removeDocs })
}

async function change(db: Db, country: CountryCode, id: number, body: CustomerInput) {
  const phone = body.phone === undefined ? {} : { phone: readPhone(body.phone, country) }
  return viewCustomer(await updateCustomer(db, id, { ...readFacts(body), ...phone }))
}

async function take(
  { db, clock }: Omit<CustomerGrant, 'config'>,
  country: CountryCode,
  request: Request,
): Promise<Response> {
  const key = readKey(request.headers)
  const one = openImport({ db, clock, country }, request)
  if (key === undefined) return Response.json(await one.run())
  const { report, replayed } = await importOnce({ db, clock }, key, one)
  return Response.json(report, replayed ? { headers: { 'idempotency-replayed': 'true' } } : {})
}

async function remove(db: Db, id: number): Promise<Response> {
  await deleteCustomer(db, id)
  return new Response(null, { status: 204 })
}
