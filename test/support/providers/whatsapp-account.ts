/** Account that the fake WhatsApp Cloud API knows: settings of a sender that uses it. */
export const whatsappAccount = {
  phoneNumberId: '106540352242922',
  businessAccountId: '102290129340398',
  accessToken: 'EAAJB-fake-token-of-a-system-user',
  appSecret: '0123456789abcdef0123456789abcdef',
  verifyToken: 'a-random-verify-token',
} as const

/** Path of the Graph API's version, which is a part of the setting `url`. */
export const GRAPH_VERSION = '/v25.0'
