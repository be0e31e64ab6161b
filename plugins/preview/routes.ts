import { Elysia, type Static } from 'elysia'
import { AppError, errors } from '../../core/errors.ts'
import { requireCountry } from '../../core/messaging/settings.ts'
import { chooseText } from '../../core/messaging/text/languages.ts'
import { compileProviderTemplate } from '../../core/messaging/text/provider-template.ts'
import { compileTemplate, warnings } from '../../core/messaging/text/template.ts'
import { transliterate } from '../../core/messaging/text/transliterate.ts'
import type { PreviewGrant } from './grant.ts'
import { askedLanguage, madeUpReader } from './language.ts'
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
  const campaign = await store.getCampaign(campaignId)
  const { template: approved } = campaign
  const asked = askedLanguage(body.language)
  const found = await findReader(store, body.customer_id, asked)
  const own = chooseText(campaign, asked ?? found?.language)
  const { path, text } = body.override_template == null ? own : overridden(body.override_template)
  const options = await optionsFor(grant, [text, ...(approved?.parameters ?? [])])
  const template = compileTemplate(text, options)
  const customer = found ?? madeUpReader(asked ?? grant.config.language, template, options.attributes)
  const language = asked ?? customer.language ?? grant.config.language
  const reader = { ...customer, customer_id: customer.id, language }
  const problems = warnings(template)
  return {
    rendered_message: transliterate(template.render(reader), campaign.transliteration),
    used_template: text,
    used_text: path,
    language,
    template: approved && compileProviderTemplate(approved, options).fill(reader),
    customer,
    ...(problems.length > 0 ? { warnings: problems } : {}),
  }
}

const overridden = (text: string) => ({ path: 'override_template', text })

/**
 * @returns undefined where nobody is found who reads the language
 * @throws AppError CUSTOMER_NOT_FOUND, INVALID_REQUEST
 */
async function findReader(
  store: PreviewGrant['messaging']['preview'],
  id: number | undefined,
  language: string | undefined,
) {
  if (id !== undefined) return store.getCustomer(id)
  if (language !== undefined) return store.findReader(language)
  const message = 'customer_id is missing: give the id of a customer, or a language'
  throw new AppError(errors.INVALID_REQUEST, message, [{ path: 'customer_id', message }])
}
