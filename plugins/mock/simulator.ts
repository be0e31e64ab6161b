/** Numbers that GOV.UK Notify made known for trying out a service: nobody has them, and each stands for what may happen. */
import type { Receipt } from '../../core/messaging/senders/hook.ts'

/** Receipts of messages to each number; null: the message is accepted, and nothing is heard of it again. */
const fates: ReadonlyMap<string, Omit<Receipt, 'messageId' | 'providerId'> | null> = new Map([
  ['+447700900000', null],
  ['+447700900111', null],
  ['+447700900222', null],
  ['+447700900001', { delivery: 'delivered' }],
  ['+447700900002', { delivery: 'undelivered', providerCode: 'permanent-failure', about: 'number' }],
  ['+447700900003', { delivery: 'undelivered', providerCode: 'temporary-failure' }],
])

/** @returns undefined for any other number */
export const simulatedFate = (phone: string) => (phone.startsWith('+447700900') ? fates.get(phone) : undefined)
