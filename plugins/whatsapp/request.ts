/** Bodies of `POST /{phone number id}/messages`. Pure. */
import type { FilledTemplate, OutboundMessage } from '../../core/messaging/senders/contract.ts'

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

/** An approved template, which Meta delivers at any time. */
export function templateRequest(message: Addressed, { name, language, parameters }: FilledTemplate) {
  const body = { type: 'body', parameters: parameters.map((text) => ({ type: 'text', text })) }
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
