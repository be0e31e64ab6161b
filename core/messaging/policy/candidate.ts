/** A message as policies see it: made alike for a message that is about to be sent, and for one of a dry run. */
import type { Texts } from '../campaign/texts.ts'
import type { FilledTemplate } from '../text/provider-template.ts'
import type { TemplateCustomer } from '../text/template.ts'
import type { Candidate } from './policy.ts'

type Message = Omit<Candidate, 'text' | 'template'>

/** Texts are rendered once, when they are first asked for. */
export function candidateOf(message: Message, customer: TemplateCustomer, texts: Texts): Candidate {
  let text: string | undefined
  let template: FilledTemplate | undefined
  const { messageId, campaignId, channel, phone, timeZone, suppression, expired } = message
  return {
    messageId,
    campaignId,
    channel,
    phone,
    timeZone,
    suppression,
    expired,
    text: () => (text ??= texts.render(customer)),
    template: () => (template ??= texts.fill(customer)),
  }
}
