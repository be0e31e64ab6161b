/** A message as policies see it: made alike for a message that is about to be sent, and for one of a dry run. */
import type { Texts } from '../campaign/texts.ts'
import type { ConsentRefusal } from '../consents/flags.ts'
import type { Channel } from '../schema.ts'
import type { SuppressionReason } from '../suppressions/tables.ts'
import type { FilledTemplate } from '../text/provider-template.ts'
import type { TemplateCustomer } from '../text/template.ts'
import type { Candidate } from './policy.ts'

type Message = Omit<Candidate, 'text' | 'template'>

/** Texts are rendered once, when they are first asked for. A class: one is made for every message, and closures would cost more than it does. */
class RenderedCandidate implements Candidate {
  readonly messageId: string
  readonly campaignId: number
  readonly channel: Channel
  readonly phone: string | null
  readonly timeZone: string | null | undefined
  readonly suppression: SuppressionReason | null
  readonly refusedConsent: ConsentRefusal | null
  readonly expired: boolean
  readonly #customer: TemplateCustomer
  readonly #texts: Texts
  #text: string | undefined
  #template: FilledTemplate | undefined

  constructor(message: Message, customer: TemplateCustomer, texts: Texts) {
    this.messageId = message.messageId
    this.campaignId = message.campaignId
    this.channel = message.channel
    this.phone = message.phone
    this.timeZone = message.timeZone
    this.suppression = message.suppression
    this.refusedConsent = message.refusedConsent
    this.expired = message.expired
    this.#customer = customer
    this.#texts = texts
  }

  text(): string {
    this.#text ??= this.#texts.render(this.#customer)
    return this.#text
  }

  template(): FilledTemplate | undefined {
    this.#template ??= this.#texts.fill(this.#customer)
    return this.#template
  }
}

export const candidateOf = (message: Message, customer: TemplateCustomer, texts: Texts): Candidate =>
  new RenderedCandidate(message, customer, texts)
