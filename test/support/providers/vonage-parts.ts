/** Credentials that the fake Vonage knows. */
export const vonageAccount = {
  applicationId: '1f2e3d4c-5b6a-4798-8a9b-0c1d2e3f4a5b',
  apiKey: 'abcd1234',
  apiSecret: 'fake-vonage-api-secret',
  signatureSecret: 'fake-vonage-signature-secret-of-32-letters',
} as const
