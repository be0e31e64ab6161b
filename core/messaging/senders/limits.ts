/** Limits of a sender in SQL. */
import { sql } from 'kysely'

/** Limit of a row of `senders` by its alias: as the API has set it, else as the settings say; null: none. */
export const limitInForce = (alias: string, limit: 'rate' | 'concurrency') =>
  sql<number | null>`coalesce(${sql.ref(`${alias}.${limit}`)}, ${sql.ref(`${alias}.${limit}_setting`)})`

/** Units a second of a sender as they are now: its rate is halved when its provider asks to slow down, and grows back in a minute. */
export const rateNow = (alias: string) => {
  const column = (name: string) => sql.ref(`${alias}.${name}`)
  return sql<number | null>`${limitInForce(alias, 'rate')} * least(1, ${column('slow_factor')}
    + coalesce(greatest(0, extract(epoch from now() - ${column('slowed_at')}))::float8 / 60, 1))`
}
