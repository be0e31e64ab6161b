import { Elysia } from 'elysia'
import { isoTime } from '../../../core/http/time.ts'
import type { AttributeRow } from '../../../core/messaging/contacts/service.ts'
import type { CustomerGrant } from '../grant.ts'
import { attributeBody, attributePath, createDocs, listDocs, removeDocs } from './schema.ts'

export const attributeRoutes = ({ contacts: { read, write } }: CustomerGrant) =>
  new Elysia({ prefix: '/attributes' })
    .get('', async () => ({ data: (await read.listAttributes()).map(viewAttribute) }), { detail: listDocs })
    .post('', async ({ body, status }) => status(201, viewAttribute(await write.insertAttribute(body))), {
      parse: 'json',
      body: attributeBody,
      detail: createDocs,
    })
    .delete('/:name', ({ params }) => remove(write, params.name), { params: attributePath, detail: removeDocs })

async function remove(contacts: CustomerGrant['contacts']['write'], name: string): Promise<Response> {
  await contacts.deleteAttribute(name)
  return new Response(null, { status: 204 })
}

const viewAttribute = ({ name, type, description, created_at }: AttributeRow) => ({
  name,
  type,
  description,
  created_at: isoTime(created_at),
})
