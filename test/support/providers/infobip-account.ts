/** Account that the fake Infobip knows: settings of a sender that uses it. */
export const infobipAccount = {
  apiKey: '0123456789abcdef-fake-key',
  from: 'SHOP',
  hookToken: 'a-long-random-token-of-the-subscription',
  idPrefix: 'campaign-',
} as const
