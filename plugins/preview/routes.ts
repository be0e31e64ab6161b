import { Elysia, type Static } from 'elysia'
import { requireCountry } from '../../core/messaging/settings.ts'
import { compileProviderTemplate } from '../../core/messaging/text/provider-template.ts'
import { compileTemplate, warnings } from '../../core/messaging/text/template.ts'
import type { PreviewGrant } from './grant.ts'
import { optionsFor } from './options.ts'
import { previewBody, previewDocs, previewPath, testBody, testDocs } from './schema.ts'
import { sendTest } from './test-send.ts'

export const previewRoutes = (grant: PreviewGrant) => {
  const country = requireCountry(grant.config.country)
  return new Elysia()
    .post('/campaigns/:id/personalized-preview', ({ params, body }) => preview(grant, Number(params.id), body), {
      parse: 'json',
      params: previewPath,
      body: previewBody,
      detail: previewDocs,
    })
    .post('/campaigns/:id/test', ({ params, body }) => sendTest(grant, country, Number(params.id), body), {
      parse: 'json',
      params: previewPath,
      body: testBody,
      detail: testDocs,
    })
}

async function preview(grant: PreviewGrant, campaignId: number, body: Static<typeof previewBody>) {
  const store = grant.messaging.preview
  const { base_template: own, template: approved } = await store.getCampaign(campaignId)
  const customer = await store.getCustomer(body.customer_id)
  const used_template = body.override_template ?? own
  const options = await optionsFor(grant, [used_template, ...(approved?.parameters ?? [])])
  const template = compileTemplate(used_template, options)
  const problems = warnings(template)
  return {
    rendered_message: template.render(customer),
    used_template,
    template: approved && compileProviderTemplate(approved, options).fill(customer),
    customer,
    ...(problems.length > 0 ? { warnings: problems } : {}),
  }
}
