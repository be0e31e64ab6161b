/** Service of whoever shows and changes suppressions for a person. */
import { type Kysely, type Selectable, sql } from 'kysely'
import type { Channel, Database } from '../schema.ts'
import { type Lifted, lift, type NewSuppression, suppress, type ToLift } from './suppress.ts'
import type { SuppressionReason, Suppressions } from './tables.ts'

export { liftableReasons, type NewSuppression } from './suppress.ts'
export {
  type SuppressionReason,
  suppressedChannels,
  suppressionReasons,
  suppressionSources,
} from './tables.ts'

export type SuppressionRow = Selectable<Suppressions>

export interface SuppressionFilter {
  readonly reason?: SuppressionReason | undefined
  /** Suppressions that hold on this channel: those for all channels too. */
  readonly channel?: Channel | undefined
  /** Beginnings of phones, in E.164; undefined: all. */
  readonly prefixes?: readonly string[] | undefined
}

export interface SuppressionService {
  /** Newest first. @param before id of the last one that was shown; undefined at the beginning */
  list(filter: SuppressionFilter, before: string | undefined, most: number): Promise<SuppressionRow[]>
  /** All of one phone, newest first. */
  listOf(phone: string): Promise<SuppressionRow[]>
  /** @returns how many are new */
  suppress(rows: readonly NewSuppression[]): Promise<number>
  /** @returns what was lifted */
  lift(what: ToLift): Promise<Lifted[]>
}

type Db = Kysely<Pick<Database, 'suppressions'>>

export function openSuppressionService(db: Db): SuppressionService {
  return Object.freeze<SuppressionService>({
    list: (filter, before, most) => listSuppressions(db, filter, before, most),
    listOf: (phone) =>
      db.selectFrom('suppressions').selectAll().where('phone', '=', phone).orderBy('id', 'desc').execute(),
    suppress: (rows) => suppress(db, rows),
    lift: (what) => lift(db, what),
  })
}

/** Digits of a beginning that few phones share: they are found by it and sorted, rather than read in order. */
const FEW = 8

function listSuppressions(
  db: Db,
  { reason, channel, prefixes }: SuppressionFilter,
  before: string | undefined,
  most: number,
): Promise<SuppressionRow[]> {
  const few = prefixes?.every(({ length }) => length >= FEW)
  return db
    .selectFrom('suppressions')
    .selectAll()
    .$if(before !== undefined, (query) => query.where('id', '<', before ?? ''))
    .$if(reason !== undefined, (query) => query.where('reason', '=', reason ?? 'manual'))
    .$if(channel !== undefined, (query) => query.where('channel', 'in', [channel ?? 'all', 'all']))
    .$if(prefixes !== undefined, (query) =>
      query.where((eb) => eb.or((prefixes ?? []).map((prefix) => eb('phone', 'like', `${prefix}%`)))),
    )
    .orderBy(few ? sql`id + 0` : 'id', 'desc')
    .limit(most)
    .execute()
}
