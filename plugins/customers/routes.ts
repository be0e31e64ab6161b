import { Elysia } from 'elysia'
import { paginated, readPage } from '../../core/http/page.ts'
import { principalOf } from '../../core/http/principal.ts'
import type { NewConsent } from '../../core/messaging/consents/service.ts'
import type { AttributeValues } from '../../core/messaging/contacts/attributes.ts'
import { requireCountry } from '../../core/messaging/settings.ts'
import type { CountryCode } from '../../core/messaging/text/phone.ts'
import { attributeRoutes } from './attributes/routes.ts'
import { readConsent, readConsentFields } from './consents/input.ts'
import { consentRoutes } from './consents/routes.ts'
import {
  changeDocs,
  countDocs,
  createDocs,
  exportDocs,
  idsDocs,
  listDocs,
  lookupDocs,
  removeDocs,
  showDocs,
} from './docs.ts'
import { exportCustomers } from './export.ts'
import type { CustomerGrant } from './grant.ts'
import { listIds } from './ids.ts'
import { type ImportTools, openImport } from './import/import.ts'
import { importUnderKey, readKey } from './import/once.ts'
import { type ImportQuery, importDocs, importQuery } from './import/schema.ts'
import { readAttributes, readFacts, readFilter, readPhone } from './input.ts'
import {
  type CustomerInput,
  countQuery,
  customerBody,
  customerChanges,
  customerPath,
  type FilterQuery,
  idsQuery,
  listQuery,
  lookupBody,
} from './schema.ts'
import { viewCustomer } from './view.ts'

export const customerRoutes = (grant: CustomerGrant) =>
  new Elysia().use(ownRoutes(grant)).use(consentRoutes(grant)).use(exportRoutes(grant)).use(attributeRoutes(grant))

const ownRoutes = ({ contacts, messaging: { consents }, clock, config }: CustomerGrant) => {
  const { read, write } = contacts
  const country = requireCountry(config.country)
  const tools = { contacts, consents, clock, country }
  const recordingOf = (request: Request) => ({ actor: principalOf(request).actor, now: clock.now() })
  const filterOf = (query: FilterQuery) => readFilter(query, read.findAttributes)
  return new Elysia({ prefix: '/customers' })
    .post(
      '',
      async ({ body: { consent, ...body }, status, request }) => {
        const phone = readPhone(body.phone, country)
        const recorded = consent && readConsent(consent, recordingOf(request), 'consent.')
        return status(201, viewCustomer(await insert(contacts, { ...body, phone }, recorded)))
      },
      { parse: 'json', body: customerBody, detail: createDocs },
    )
    .get(
      '',
      async ({ query }) => {
        const page = readPage(query)
        const { rows, total } = await read.list(page, await filterOf(query), country)
        return paginated(rows.map(viewCustomer), page, total)
      },
      { query: listQuery, detail: listDocs },
    )
    .get('/count', async ({ query }) => ({ count: await read.count(await filterOf(query), country) }), {
      query: countQuery,
      detail: countDocs,
    })
    .get('/ids', async ({ query }) => listIds(read, await filterOf(query), query.cursor, country), {
      query: idsQuery,
      detail: idsDocs,
    })
    .post('/ids', ({ body }) => lookUp(read, body.phones), { parse: 'json', body: lookupBody, detail: lookupDocs })
    .post('/import', ({ request, query }) => take(tools, request, query, recordingOf(request)), {
      parse: 'none',
      query: importQuery,
      detail: importDocs,
    })
    .get('/:id', async ({ params }) => viewCustomer(await read.get(Number(params.id))), {
      params: customerPath,
      detail: showDocs,
    })
    .patch('/:id', ({ params, body }) => change(contacts, country, Number(params.id), body), {
      parse: 'json',
      params: customerPath,
      body: customerChanges,
      detail: changeDocs,
    })
    .delete('/:id', ({ params }) => remove(write, Number(params.id)), { params: customerPath, detail: removeDocs })
}

const exportRoutes = ({ contacts: { read }, config }: CustomerGrant) => {
  const country = requireCountry(config.country)
  return new Elysia().get(
    '/customers.csv',
    async ({ query }) => exportCustomers(read, await readFilter(query, read.findAttributes), country),
    { query: countQuery, detail: exportDocs },
  )
}

type Contacts = CustomerGrant['contacts']

const lookUp = async (contacts: CustomerGrant['contacts']['read'], phones: readonly string[]) => ({
  data: await contacts.findIdsByPhone(phones),
})

/** Values of the attributes that a request names; nobody is asked what is declared where it names none. */
async function attributesOf({ read }: Contacts, { attributes }: CustomerInput) {
  return attributes === undefined ? {} : { attributes: readAttributes(attributes, await read.findAttributes()) }
}

async function insert(
  contacts: Contacts,
  body: CustomerInput & { readonly phone: string },
  consent: NewConsent | undefined,
) {
  const { attributes = {} } = await attributesOf(contacts, body)
  const given = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null))
  const customer = { ...readFacts(body), phone: body.phone, attributes: given as AttributeValues }
  return contacts.write.insert(customer, consent)
}

async function change(contacts: Contacts, country: CountryCode, id: number, body: CustomerInput) {
  const phone = body.phone === undefined ? {} : { phone: readPhone(body.phone, country) }
  const changes = { ...readFacts(body), ...phone, ...(await attributesOf(contacts, body)) }
  return viewCustomer(await contacts.write.update(id, changes))
}

async function take(
  tools: ImportTools,
  request: Request,
  query: ImportQuery,
  recording: Parameters<typeof readConsentFields>[1],
): Promise<Response> {
  const key = readKey(request.headers)
  const consent = readConsentFields(query, recording)
  const one = openImport(tools, request, { declare: query.new_attributes === 'true', consent })
  if (key === undefined) return Response.json(await one.run())
  const { report, replayed } = await importUnderKey(tools.contacts.write, key, one)
  return Response.json(report, replayed ? { headers: { 'idempotency-replayed': 'true' } } : {})
}

async function remove(contacts: Contacts['write'], id: number): Promise<Response> {
  await contacts.delete(id)
  return new Response(null, { status: 204 })
}
