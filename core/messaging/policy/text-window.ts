/**
 * Text windows: hours after a person's message in which a provider takes texts to them on WhatsApp. Outside of them it takes
 * approved templates alone, and would refuse each text (Meta: 131047; Twilio: 63016).
 */
import { type Kysely, sql } from 'kysely'
import type { Database } from '../schema.ts'
import type { Decision, Policy } from './policy.ts'

type Db = Kysely<Pick<Database, 'inbound_messages'>>

/** Milliseconds that are left of the window of each phone; a phone is absent where it is closed. */
export type WindowsLeft = ReadonlyMap<string, number>

/** Finds the windows, by the database's clock, of what these people wrote to the sender. @param phones E.164 */
export async function findWindows(
  db: Db,
  sender: string,
  hours: number,
  phones: readonly string[],
): Promise<WindowsLeft> {
  // The person's phone says when it was sent, and must not open a window that the provider's clock has closed.
  const written = sql`least(sent_at, received_at)`
  const { rows } = await sql<{ phone: string; left: number }>`
    select phone, extract(epoch from max(${written}) + ${hours}::int * interval '1 hour' - now())::float8 * 1000 as left
    from inbound_messages
    where phone = any(${phones}::text[]) and sender = ${sender} and (channel = 'whatsapp' or channel is null) and ${written} > now() - ${hours}::int * interval '1 hour'
    group by phone`.execute(db)
  return new Map(rows.map(({ phone, left }) => [phone, left]))
}

const CLOSED: Decision = { kind: 'skip', code: 'window.closed' }

/**
 * @param findLeft milliseconds that are left of the phone's window; undefined: it is closed
 */
export const textWindowPolicy = (findLeft: (phone: string) => number | undefined): Policy => ({
  name: 'text window',
  decide: ({ phone }) => {
    const left = phone === null ? undefined : findLeft(phone)
    return left === undefined || left <= 0 ? CLOSED : { kind: 'send', withinMs: left }
  },
})
