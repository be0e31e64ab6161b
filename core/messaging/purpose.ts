/** Purposes of campaigns. Policies hold marketing back; what a person asked for, such as a receipt or a reminder, is service. */
export const purposes = ['marketing', 'service'] as const
export type Purpose = (typeof purposes)[number]
