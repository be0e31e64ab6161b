/**
 * An import under an Idempotency-Key happens once: who sends the same file under the same key again, because an answer
 * was lost, gets the first report. Keys are kept for a day, and no more than the last 200.
 */

import { type Kysely, sql } from 'kysely'
import type { Clock } from '../../../core/clock.ts'
import { AppError, errors } from '../../../core/errors.ts'
import type { Database } from '../../../core/messaging/schema.ts'
import { customerErrors } from '../errors.ts'
import type { Import, ImportReport } from './import.ts'

type Db = Kysely<Pick<Database, 'customer_imports'>>

const KEPT = 200
/** An import whose process was killed is taken up again after this time; a live one says so all the time. */
const SILENT_SECONDS = 60
const SIGN_EVERY_MS = 5000

export interface OnceTools {
  readonly db: Db
  readonly clock: Clock
}

export interface Once {
  readonly report: ImportReport
  /** True when the report is that of an earlier import. */
  readonly replayed: boolean
}

/** @throws AppError INVALID_REQUEST for a key that is none */
export function readKey(headers: Headers): string | undefined {
  const key = headers.get('idempotency-key')
  if (key === null) return undefined
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key
  const message = 'header.idempotency-key must be 1 to 255 visible ASCII characters'
  throw new AppError(errors.INVALID_REQUEST, message, [{ path: 'header.idempotency-key', message }])
}

/** @throws AppError IDEMPOTENCY_KEY_IN_USE, IDEMPOTENCY_KEY_REUSED, and whatever the import throws; the key is free then */
export async function importOnce({ db, clock }: OnceTools, key: string, one: Import): Promise<Once> {
  if (!(await claim(db, key))) return { report: await findReport(db, key, one), replayed: true }
  const over = new AbortController()
  void showAlive({ db, clock }, key, over.signal)
  try {
    const report = await one.run()
    await db
      .updateTable('customer_imports')
      .set({ report, fingerprint: one.body.fingerprint(), seen_at: sql<Date>`now()` })
      .where('key', '=', key)
      .execute()
    return { report, replayed: false }
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
async function findReport(db: Db, key: string, { body }: Import): Promise<ImportReport> {
  for await (const _ of body);
  const found = await db
    .selectFrom('customer_imports')
    .select(['report', 'fingerprint'])
    .where('key', '=', key)
    .executeTakeFirst()
  if (!found?.report)
    throw new AppError(
      customerErrors.IDEMPOTENCY_KEY_IN_USE,
      'An import with this Idempotency-Key is under way: ask again later',
    )
  if (found.fingerprint === body.fingerprint()) return found.report as ImportReport
  throw new AppError(
    customerErrors.IDEMPOTENCY_KEY_REUSED,
    'Another body was imported under this Idempotency-Key: choose a new one for each import',
  )
}
