/** Bodies of `POST /{phone number id}/messages`. Pure. */
import type { OutboundMessage } from '../../core/messaging/senders/contract.ts'

/** An approved template with the values of its body, in the order of its placeholders. */
export interface Template {
  readonly name: string
  /** `en`, `en_US`, as Meta lists it: a template has no other language than those. */
  readonly language: string
  readonly parameters: readonly string[]
}

type Addressed = Pick<OutboundMessage, 'messageId' | 'to'>

const addressed = ({ messageId, to }: Addressed) => ({
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  to: to.replace(/^\+/, ''),
  // Meta repeats it in each receipt, even when the answer to this call is lost.
  biz_opaque_callback_data: messageId,
})

/** Free text, which Meta delivers within 24 hours after the person wrote. */
export function textRequest(message: Addressed & Pick<OutboundMessage, 'text'>) {
  return { ...addressed(message), type: 'text', text: { body: message.text, preview_url: false } }
}

export function templateRequest(message: Addressed, { name, language, parameters }: Template) {
  const body = { type: 'body', parameters: parameters.map((text) => ({ type: 'text', text: oneLine(text) })) }
  return {
    ...addressed(message),
    type: 'template',
    template: {
      name,
      // The policy is the only one there is, and Meta's schema requires it.
      language: { policy: 'deterministic', code: language },
      ...(parameters.length > 0 && { components: [body] }),
    },
  }
}

/** A parameter may hold no line break, no tab and no more than four spaces in a row: Meta answers 132018. */
const oneLine = (text: string) =>
  text.replace(/\s+/gu, (space) => (space.length < 4 && /^[ \u00a0]+$/u.test(space) ? space : ' ')).trim()
