/** Holds a campaign against the provider's ledger: whom it should have reached, and what the database says of it. */
import { expect } from 'bun:test'
import type { Kysely } from 'kysely'
import type { Database } from '../../core/messaging/schema.ts'
import type { Ledger } from './ledger-process.ts'

/** Fails unless each of these phones was reached exactly once, and nobody else, and each key means one message. */
export async function expectReachedOnce(ledger: Ledger, phones: Iterable<string>): Promise<void> {
  const accepts = await ledger.accepts()
  const reached = new Map<string, number>()
  for (const { to } of accepts) reached.set(to, (reached.get(to) ?? 0) + 1)
  const expected = new Set(phones)
  expect({
    missed: [...expected].filter((phone) => !reached.has(phone)),
    twice: [...reached].filter(([, times]) => times > 1),
    strangers: [...reached.keys()].filter((phone) => !expected.has(phone)),
    wrongKeys: (await ledger.requests()).filter(({ key, message_id }) => key !== `msg:${message_id}`),
    keysToTwo: await keysToTwo(ledger),
  }).toEqual({ missed: [], twice: [], strangers: [], wrongKeys: [], keysToTwo: [] })
}

/** Keys under which two people were written to. */
async function keysToTwo(ledger: Ledger): Promise<string[]> {
  const people = new Map<string, string>()
  const wrong: string[] = []
  for (const { key, to } of await ledger.requests()) {
    if ((people.get(key) ?? to) !== to) wrong.push(key)
    people.set(key, to)
  }
  return wrong
}

/**
 * Fails unless exactly the messages that the ledger delivered are `sent`, with its id, its phone and its text (audit A3
 * and A4).
 */
export async function expectSentAsDelivered(db: Kysely<Database>, ledger: Ledger): Promise<void> {
  const rows = await db
    .selectFrom('outbound_messages as m')
    .innerJoin('customers as c', 'c.id', 'm.customer_id')
    .select(['m.id', 'm.provider_message_id', 'm.rendered_content', 'c.phone'])
    .where('m.status', '=', 'sent')
    .execute()
  const line = (...parts: readonly unknown[]) => JSON.stringify(parts)
  const sent = new Set(rows.map((row) => line(row.id, row.provider_message_id, row.phone, row.rendered_content)))
  const accepted = new Set((await ledger.accepts()).map((one) => line(one.message_id, one.id, one.to, one.text)))
  expect({
    sentNotDelivered: [...sent].filter((one) => !accepted.has(one)),
    deliveredNotSent: [...accepted].filter((one) => !sent.has(one)),
  }).toEqual({ sentNotDelivered: [], deliveredNotSent: [] })
}
