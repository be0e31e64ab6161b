/** Channels that messages go out on. */
export const channels = ['sms', 'whatsapp'] as const
export type Channel = (typeof channels)[number]
