import { Elysia } from 'elysia'
import { BootError } from '../../core/errors.ts'
import { paginated, readPage } from '../../core/http/page.ts'
import { type CountryCode, isCountry } from '../../core/phone.ts'
import type { Grant } from '../../core/plugin.ts'
import { changeDocs, createDocs, listDocs, removeDocs, showDocs } from './docs.ts'
import { readFacts, readPhone } from './input.ts'
import { type CustomerInput, customerBody, customerChanges, customerPath, listQuery } from './schema.ts'
import { deleteCustomer, getCustomer, insertCustomer, listCustomers, updateCustomer, viewCustomer } from './store.ts'

export const needs = { db: { write: ['customers'] } } as const

type CustomerGrant = Pick<Grant<typeof needs, { country: string }>, 'db' | 'config'>
type Db = CustomerGrant['db']

export const customerRoutes = ({ db, config }: CustomerGrant) => {
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
    .get('', ({ query }) => showPage(db, query), { query: listQuery, detail: listDocs })
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

/** @throws BootError for a code that is no country's */
function requireCountry(code: string): CountryCode {
  if (isCountry(code)) return code
  throw new BootError(`DEFAULT_COUNTRY="${code}" is not allowed: expected the code of a country, such as KE`)
}

async function showPage(db: Db, query: { readonly page?: string; readonly page_size?: string }) {
  const page = readPage(query)
  const { rows, count } = await listCustomers(db, page)
  return paginated(rows.map(viewCustomer), page, count)
}

async function change(db: Db, country: CountryCode, id: number, body: CustomerInput) {
  const phone = body.phone === undefined ? {} : { phone: readPhone(body.phone, country) }
  return viewCustomer(await updateCustomer(db, id, { ...readFacts(body), ...phone }))
}

async function remove(db: Db, id: number): Promise<Response> {
  await deleteCustomer(db, id)
  return new Response(null, { status: 204 })
}
