/** Codes that the compiler must refuse. Each line under `@ts-expect-error` fails the type check if it ever compiles. */
import type { Kysely } from 'kysely'
import type { Result } from '../../core/messaging/chunk/result.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { openBreaker } from '../../core/messaging/senders/breaker.ts'
import type { Outcome } from '../../core/messaging/senders/contract.ts'
import { unsent } from '../../plugins/worker/result.ts'

export const explained: Outcome = { kind: 'unknown', code: 'timeout' }
// @ts-expect-error a sender answers with codes that are explained
export const unexplained: Outcome = { kind: 'unknown', code: 'other' }
// @ts-expect-error no sender says that a customer was deleted
export const notOfSenders: Outcome = { kind: 'rejected', code: 'customer.deleted', permanent: true }

const tried = { id: '1', attempts: 0 }
export const skipped: Result = unsent(tried, 'skipped', 'customer.deleted')
// @ts-expect-error a worker skips for reasons that are explained
export const skippedForNone: Result = unsent(tried, 'skipped', 'customer.gone')

export const write = (db: Kysely<Database>) => [
  db.updateTable('outbound_messages').set({ last_error: 'expired' }),
  // @ts-expect-error a statement writes codes that are explained
  db.updateTable('outbound_messages').set({ last_error: 'late' }),
  db.updateTable('campaigns').set({ paused_reason: 'audience_open' }),
  // @ts-expect-error a campaign is paused for reasons that are explained
  db.updateTable('campaigns').set({ paused_reason: 'forgotten' }),
  openBreaker(db, 'sms', 'provider.account', 5),
  // @ts-expect-error a circuit opens for codes that are explained
  openBreaker(db, 'sms', 'expired', 5),
]
