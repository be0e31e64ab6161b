/**
 * An import under an Idempotency-Key happens once: who sends the same file under the same key again, because an answer
 * was lost, gets the first report. Keys are kept for a day, and no more than the last 200.
 */

import { type Kysely, sql } from 'kysely'
import type { Clock } from '../../clock.ts'
import type { Database } from '../schema.ts'

type Db = Kysely<Pick<Database, 'customer_imports'>>

const KEPT = 200
/** An import whose process was killed is taken up again after this time; a live one says so all the time. */
const SILENT_SECONDS = 60
const SIGN_EVERY_MS = 5000

interface OnceTools {
  readonly db: Db
  readonly clock: Clock
}

/** An import, and what tells its body from others. */
export interface KeyedImport<Report> {
  run(): Promise<Report>
  /** Reads what is left of the body. */
  drain(): Promise<void>
  /** Hash of the body, once it was read to its end. */
  fingerprint(): string
}

export type Once<Report> =
  /** `replayed`: the report is that of an earlier import. */
  | { readonly kind: 'done'; readonly report: Report; readonly replayed: boolean }
  /** An import under the key is under way. */
  | { readonly kind: 'in use' }
  /** Another body was imported under the key. */
  | { readonly kind: 'reused' }

/** @throws whatever the import throws; the key is free then */
export async function importOnce<Report extends object>(
  { db, clock }: OnceTools,
  key: string,
  one: KeyedImport<Report>,
): Promise<Once<Report>> {
  if (!(await claim(db, key))) return findReport(db, key, one)
  const over = new AbortController()
  void showAlive({ db, clock }, key, over.signal)
  try {
    const report = await one.run()
    await db
      .updateTable('customer_imports')
      .set({ report, fingerprint: one.fingerprint(), seen_at: sql<Date>`now()` })
      .where('key', '=', key)
      .execute()
    return { kind: 'done', report, replayed: false }
  } catch (error) {
    await db.deleteFrom('customer_imports').where('key', '=', key).where('report', 'is', null).execute()
    throw error
  } finally {
    over.abort()
  }
}

/** @returns whether the key is ours now: nobody had it, or whoever had it died */
async function claim(db: Db, key: string): Promise<boolean> {
  await removeOld(db)
  const claimed = await db
    .insertInto('customer_imports')
    .values({ key })
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet({ seen_at: sql<Date>`now()` })
        .where('customer_imports.report', 'is', null)
        .where('customer_imports.seen_at', '<', sql<Date>`now() - make_interval(secs => ${sql.lit(SILENT_SECONDS)})`),
    )
    .returning('key')
    .execute()
  return claimed.length > 0
}

async function removeOld(db: Db): Promise<void> {
  await db
    .deleteFrom('customer_imports')
    .where((eb) =>
      eb.or([
        eb('created_at', '<', sql<Date>`now() - interval '1 day'`),
        eb(
          'key',
          'in',
          eb
            .selectFrom('customer_imports as o')
            .select('o.key')
            .orderBy('o.created_at', 'desc')
            .offset(KEPT - 1),
        ),
      ]),
    )
    .execute()
}

async function showAlive({ db, clock }: OnceTools, key: string, over: AbortSignal): Promise<void> {
  const mark = db.updateTable('customer_imports').set({ seen_at: sql<Date>`now()` }).where('key', '=', key)
  for (;;) {
    await clock.sleep(SIGN_EVERY_MS, over)
    if (over.aborted) return
    // The import itself tells of a database that is away.
    await mark.execute().catch(() => {})
  }
}

/** Reads the body to its end, which tells whether it is the same one. */
async function findReport<Report>(db: Db, key: string, one: KeyedImport<Report>): Promise<Once<Report>> {
  await one.drain()
  const row = await db
    .selectFrom('customer_imports')
    .select(['report', 'fingerprint'])
    .where('key', '=', key)
    .executeTakeFirst()
  if (!row?.report) return { kind: 'in use' }
  if (row.fingerprint !== one.fingerprint()) return { kind: 'reused' }
  return { kind: 'done', report: row.report as Report, replayed: true }
}
