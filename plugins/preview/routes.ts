import { Elysia, type Static } from 'elysia'
import { requireCountry } from '../../core/messaging/settings.ts'
import { compileTemplate, warnings } from '../../core/messaging/text/template.ts'
import type { PreviewGrant } from './grant.ts'
import { previewBody, previewDocs, previewPath, testBody, testDocs } from './schema.ts'
import { sendTest } from './test-send.ts'

export const previewRoutes = (grant: PreviewGrant) => {
  const store = grant.messaging.preview
  const country = requireCountry(grant.config.country)
  return new Elysia()
    .post('/campaigns/:id/personalized-preview', ({ params, body }) => preview(store, Number(params.id), body), {
      parse: 'json',
      params: previewPath,
      body: previewBody,
      detail: previewDocs,
    })
    .post('/campaigns/:id/test', ({ params, body }) => sendTest(grant, store, country, Number(params.id), body), {
      parse: 'json',
      params: previewPath,
      body: testBody,
      detail: testDocs,
    })
}

async function preview(
  store: PreviewGrant['messaging']['preview'],
  campaignId: number,
  body: Static<typeof previewBody>,
) {
  const { base_template: own } = await store.getCampaign(campaignId)
  const customer = await store.getCustomer(body.customer_id)
  const used_template = body.override_template ?? own
  const template = compileTemplate(used_template)
  const problems = warnings(template)
  return {
    rendered_message: template.render(customer),
    used_template,
    customer,
    ...(problems.length > 0 ? { warnings: problems } : {}),
  }
}
