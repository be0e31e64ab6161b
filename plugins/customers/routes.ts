import { Elysia } from 'elysia'
import { paginated, readPage } from '../../core/http/page.ts'
import { requireCountry } from '../../core/messaging/settings.ts'
import type { CountryCode } from '../../core/messaging/text/phone.ts'
import { changeDocs, countDocs, createDocs, idsDocs, listDocs, lookupDocs, removeDocs, showDocs } from './docs.ts'
import type { CustomerGrant } from './grant.ts'
import { listIds } from './ids.ts'
import { openImport } from './import/import.ts'
import { importUnderKey, readKey } from './import/once.ts'
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
import { viewCustomer } from './view.ts'

type Write = CustomerGrant['contacts']['write']

export const customerRoutes = ({ contacts, clock, config }: CustomerGrant) => {
  const { read, write } = contacts
  const country = requireCountry(config.country)
  return new Elysia({ prefix: '/customers' })
    .post(
      '',
      async ({ body, status }) => {
        const phone = readPhone(body.phone, country)
        return status(201, viewCustomer(await write.insert({ ...readFacts(body), phone })))
      },
      { parse: 'json', body: customerBody, detail: createDocs },
    )
    .get(
      '',
      async ({ query }) => {
        const page = readPage(query)
        const { rows, total } = await read.list(page, query, country)
        return paginated(rows.map(viewCustomer), page, total)
      },
      { query: listQuery, detail: listDocs },
    )
    .get('/count', async ({ query }) => ({ count: await read.count(query, country) }), {
      query: countQuery,
      detail: countDocs,
    })
    .get('/ids', ({ query }) => listIds(read, query, country), { query: idsQuery, detail: idsDocs })
    .post('/ids', ({ body }) => lookUp(read, body.phones), { parse: 'json', body: lookupBody, detail: lookupDocs })
    .post('/import', ({ request }) => take({ contacts, clock }, country, request), {
      parse: 'none',
      detail: importDocs,
    })
    .get('/:id', async ({ params }) => viewCustomer(await read.get(Number(params.id))), {
      params: customerPath,
      detail: showDocs,
    })
    .patch('/:id', ({ params, body }) => change(write, country, Number(params.id), body), {
      parse: 'json',
      params: customerPath,
      body: customerChanges,
      detail: changeDocs,
    })
    .delete('/:id', ({ params }) => remove(write, Number(params.id)), { params: customerPath, detail: removeDocs })
}

const lookUp = async (contacts: CustomerGrant['contacts']['read'], phones: readonly string[]) => ({
  data: await contacts.findIdsByPhone(phones),
})

async function change(contacts: Write, country: CountryCode, id: number, body: CustomerInput) {
  const phone = body.phone === undefined ? {} : { phone: readPhone(body.phone, country) }
  return viewCustomer(await contacts.update(id, { ...readFacts(body), ...phone }))
}

async function take(
  { contacts, clock }: Omit<CustomerGrant, 'config'>,
  country: CountryCode,
  request: Request,
): Promise<Response> {
  const key = readKey(request.headers)
  const one = openImport({ contacts: contacts.write, clock, country }, request)
  if (key === undefined) return Response.json(await one.run())
  const { report, replayed } = await importUnderKey(contacts.write, key, one)
  return Response.json(report, replayed ? { headers: { 'idempotency-replayed': 'true' } } : {})
}

async function remove(contacts: Write, id: number): Promise<Response> {
  await contacts.delete(id)
  return new Response(null, { status: 204 })
}
