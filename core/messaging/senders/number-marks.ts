/** Phones that a provider said something about in its answer to a call. */
import { type Kysely, sql } from 'kysely'
import type { Channel, Database } from '../schema.ts'

export interface NumberMark {
  /** E.164. */
  readonly phone: string
  readonly channel: Channel
  /** `invalid`: nothing reaches it on the channel. `opt_out`: the person does not want to be written to. */
  readonly reason: 'invalid' | 'opt_out'
  readonly sender: string
  /** The provider's code, or ours where it gave none. */
  readonly code: string
}

/** A mark that is there already stays as it is. */
export async function markNumbers(
  db: Kysely<Pick<Database, 'number_marks'>>,
  marks: readonly NumberMark[],
): Promise<void> {
  // In one order, so that two workers never wait for each other.
  const rows = marks.toSorted((a, b) => (a.phone < b.phone ? -1 : 1))
  await db
    .insertInto('number_marks')
    .columns(['phone', 'channel', 'reason', 'source', 'sender', 'code'])
    .expression((eb) =>
      eb
        .selectFrom(
          sql<Omit<NumberMark, 'channel'> & { channel: string }>`unnest(
            ${rows.map(({ phone }) => phone)}::text[], ${rows.map(({ channel }) => channel)}::text[],
            ${rows.map(({ reason }) => reason)}::text[], ${rows.map(({ sender }) => sender)}::text[],
            ${rows.map(({ code }) => code)}::text[])`.as<'t'>(sql`t(phone, channel, reason, sender, code)`),
        )
        .select(['t.phone', 't.channel', 't.reason', sql.lit('answer').as('source'), 't.sender', 't.code']),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}
