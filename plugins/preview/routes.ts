import { Elysia, type Static } from 'elysia'
import type { Grant } from '../../core/plugin.ts'
import { compileTemplate, warnings } from '../../core/template.ts'
import { previewBody, previewDocs, previewPath } from './schema.ts'
import { getCustomer, getTemplate } from './store.ts'

export const needs = { db: { read: ['campaigns', 'customers'] } } as const

type PreviewGrant = Pick<Grant<typeof needs>, 'db'>

export const previewRoutes = ({ db }: PreviewGrant) =>
  new Elysia().post('/campaigns/:id/personalized-preview', ({ params, body }) => preview(db, Number(params.id), body), {
    parse: 'json',
    params: previewPath,
    body: previewBody,
    detail: previewDocs,
  })

async function preview(db: PreviewGrant['db'], campaignId: number, body: Static<typeof previewBody>) {
  const own = await getTemplate(db, campaignId)
  const customer = await getCustomer(db, body.customer_id)
  const used_template = body.override_template ?? own
  const template = compileTemplate(used_template)
  const found = warnings(template)
  return {
    rendered_message: template.render(customer),
    used_template,
    customer,
    ...(found.length > 0 ? { warnings: found } : {}),
  }
}
