/** Test send: one message to the sender's own phone, which is not counted in the campaign. */
import { randomUUID } from 'node:crypto'
import type { Static } from 'elysia'
import { AppError, errors } from '../../core/errors.ts'
import { maskPhones } from '../../core/log/mask.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import type { Channel } from '../../core/messaging/schema.ts'
import type { OpenedSender, OutboundMessage, Outcome } from '../../core/messaging/senders/contract.ts'
import { chooseText } from '../../core/messaging/text/languages.ts'
import { type CountryCode, parsePhone } from '../../core/messaging/text/phone.ts'
import { compileProviderTemplate, emptyParameter } from '../../core/messaging/text/provider-template.ts'
import { compileTemplate } from '../../core/messaging/text/template.ts'
import { transliterate } from '../../core/messaging/text/transliterate.ts'
import { isBlank } from '../../core/text/invisible.ts'
import type { PreviewGrant } from './grant.ts'
import { askedLanguage } from './language.ts'
import { optionsFor } from './options.ts'
import type { testBody } from './schema.ts'

type TestGrant = Pick<PreviewGrant, 'messaging' | 'clock' | 'log' | 'config'>

const refuse = (path: string, message: string) => new AppError(errors.INVALID_REQUEST, message, [{ path, message }])

/** @throws AppError INVALID_REQUEST, CAMPAIGN_NOT_FOUND, CUSTOMER_NOT_FOUND, NO_SENDER */
export async function sendTest(
  grant: TestGrant,
  country: CountryCode,
  campaignId: number,
  body: Static<typeof testBody>,
) {
  const { messaging, log } = grant
  const store = messaging.preview
  const parsed = parsePhone(body.to, country)
  if (!parsed.ok) throw refuse('to', parsed.reason)
  const campaign = await store.getCampaign(campaignId)
  const { channel, template: approved } = campaign
  const customer = await getReader(store, body)
  const chosen = chooseText(campaign, customer.language)
  const options = await optionsFor(grant, [chosen.text, ...(approved?.parameters ?? [])])
  const text = transliterate(compileTemplate(chosen.text, options).render(customer), campaign.transliteration)
  if (isBlank(text)) throw refuse('customer_id', 'The text is empty for this customer: choose another customer_id')
  const template = approved ? compileProviderTemplate(approved, options).fill(customer) : undefined
  const empty = template && emptyParameter(template)
  if (empty !== undefined)
    throw refuse(
      'customer_id',
      `Parameter ${empty} of the template is empty for this customer: choose another customer_id`,
    )
  const messageId = `test-${randomUUID()}`
  const message = {
    messageId,
    campaignId,
    channel,
    to: parsed.phone,
    text,
    template,
    attempt: 1,
    turn: 0,
    idempotencyKey: `msg:${messageId}`,
  }
  const names = await store.listSenders(campaignId, parsed.phone)
  const outcome = await callWithin(firstOpen(names, channel, messaging.senders), message, grant)
  log.info({ campaign: campaignId, to: maskPhones(parsed.phone), outcome: outcome.kind }, 'Test message')
  return { to: parsed.phone, rendered_message: text, used_text: chosen.path, ...viewOutcome(outcome) }
}

/** The customer, as if of the language that is asked for. @throws AppError CUSTOMER_NOT_FOUND */
async function getReader(
  store: TestGrant['messaging']['preview'],
  { customer_id, language }: Pick<Static<typeof testBody>, 'customer_id' | 'language'>,
) {
  const customer = await store.getCustomer(customer_id)
  return { ...customer, customer_id, language: askedLanguage(language) ?? customer.language }
}

/** The first of these senders that this process has. @throws AppError NO_SENDER */
function firstOpen(
  names: readonly string[],
  channel: Channel,
  senders: TestGrant['messaging']['senders'],
): OpenedSender {
  for (const name of names) {
    const sender = senders.get(name)
    if (sender) return sender
  }
  const why =
    names.length === 0
      ? 'no sender is set up for this channel. Add one to SENDERS.'
      : `this process has none of the senders for this phone (${names.join(', ')}). Use the same SENDERS settings as the workers.`
  throw new AppError(messagingErrors.NO_SENDER, `Cannot send by ${channel}: ${why}`)
}

async function callWithin(sender: OpenedSender, message: OutboundMessage, { clock, log }: TestGrant): Promise<Outcome> {
  const late = new AbortController()
  const done = new AbortController()
  void clock.sleep(sender.timeoutMs, done.signal).then(() => late.abort())
  try {
    const [outcome] = await sender.send([message], late.signal)
    return outcome ?? { kind: 'unknown', code: 'sender.error' }
  } catch (error) {
    log.error({ err: error, sender: sender.name }, 'A sender threw instead of returning an outcome')
    return { kind: 'unknown', code: 'sender.error' }
  } finally {
    done.abort()
  }
}

function viewOutcome(outcome: Outcome) {
  const { kind } = outcome
  return {
    outcome: kind,
    provider_message_id: kind === 'accepted' ? outcome.id : null,
    error: kind === 'accepted' ? null : kind === 'throttled' ? 'provider.throttled' : outcome.code,
  }
}
