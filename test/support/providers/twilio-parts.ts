/** Data of the fake Twilio: its account, what its answers are made of, and the magic numbers of test credentials. */

/** Credentials that the fake knows. */
export const twilioAccount = {
  accountSid: `AC${'0123456789abcdef'.repeat(2)}`,
  authToken: 'fake-twilio-auth-token',
  apiKeySid: `SK${'0123456789abcdef'.repeat(2)}`,
  apiKeySecret: 'fake-twilio-api-key-secret',
} as const

export const titles: Readonly<Record<string, string>> = {
  '20001': 'Unknown parameters',
  '20003': 'Authenticate',
  '20404': 'The requested resource was not found',
  '20429': 'Too Many Requests',
  '20500': 'Internal Server Error',
  '21211': "The 'To' number is not a valid phone number",
  '21602': 'Message body is required',
  '21603': "A 'From' phone number is required",
  '21604': "A 'To' phone number is required",
  '21609': "The 'StatusCallback' URL is not a valid URL",
  '21610': 'Attempt to send to unsubscribed recipient',
  '21617': 'The concatenated message body exceeds the 1600 character limit',
}

/** Senders under test credentials: one that works, and one for each refusal. */
export function magicFrom(from: string): string | undefined {
  if (from === '+15005550006') return undefined
  return { '+15005550001': '21212', '+15005550008': '21611' }[from] ?? '21606'
}

/** Recipients under test credentials. */
export const magicTo = (to: string): string | undefined =>
  ({
    '+15005550001': '21211',
    '+15005550002': '21612',
    '+15005550003': '21408',
    '+15005550004': '21610',
    '+15005550009': '21614',
  })[to]

/** Near enough for an answer: plain text has 160 characters a part, any other 70. */
export function segmentsOf(text: string): number {
  const plain = /^[\x20-\x7e\n\r]*$/.test(text)
  const [one, more] = plain ? [160, 153] : [70, 67]
  return text.length <= one ? 1 : Math.ceil(text.length / more)
}

/** The record of a new message, without its sid. */
export function messageOf(form: URLSearchParams, segments: number) {
  const now = new Date().toUTCString().replace('GMT', '+0000')
  const service = form.get('MessagingServiceSid')
  const uri = `/2010-04-01/Accounts/${twilioAccount.accountSid}/Messages`
  return {
    account_sid: twilioAccount.accountSid,
    api_version: '2010-04-01',
    body: form.get('Body'),
    date_created: now,
    date_sent: null,
    date_updated: now,
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    from: service ? null : form.get('From'),
    messaging_service_sid: service,
    num_media: '0',
    num_segments: service ? '0' : String(segments),
    price: null,
    price_unit: null,
    status: service ? 'accepted' : 'queued',
    subresource_uris: { media: `${uri}/Media.json` },
    to: form.get('To'),
    uri: `${uri}.json`,
  }
}
