/**
 * Segments in the database: made, found, changed and removed. Those who change segments do it one after the other, so that
 * no two changes make a circle together, and none names a segment that is being removed.
 */
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import { AppError } from '../../errors.ts'
import { offsetOf, type Page, type Total } from '../../http/page.ts'
import { holdsWords } from '../../http/search.ts'
import { messagingErrors } from '../errors.ts'
import type { Database } from '../schema.ts'
import { leavesOf, type RuleTables, refuseRule, resolveRule, segmentsIn } from './resolve.ts'
import type { Condition } from './rule.ts'
import type { Segments, StoredRule } from './tables.ts'
import { findUsers, findUses, type Use } from './uses.ts'

export type SegmentTables = RuleTables &
  Pick<Database, 'segment_uses' | 'campaigns' | 'selections' | 'selection_segments'>
type Db = Kysely<SegmentTables>

export interface SegmentRow extends Selectable<Segments> {
  readonly used_by: readonly Use[]
}

export interface NewSegment {
  readonly name: string
  readonly rule: StoredRule
}
export type SegmentChanges = Partial<NewSegment>

/** @throws AppError INVALID_REQUEST, SEGMENT_EXISTS */
export function insertSegment(db: Db, { name, rule }: NewSegment): Promise<SegmentRow> {
  return inTurn(db, async (trx) => {
    const named = await checkRule(trx, rule)
    const row = await trx
      .insertInto('segments')
      .values({ name, rule })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .returningAll()
      .executeTakeFirst()
    if (!row) throw exists(name)
    await insertUses(trx, row.id, named)
    return { ...row, used_by: [] }
  })
}

/** @throws AppError SEGMENT_NOT_FOUND */
export async function getSegment(db: Db, id: number): Promise<SegmentRow> {
  const row = await db.selectFrom('segments').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw notFound(id)
  return withUses(db, [row]).then(([one]) => one ?? { ...row, used_by: [] })
}

export interface SegmentList {
  readonly rows: readonly SegmentRow[]
  readonly total: Total
}

/** Newest first. @param q words that the name holds */
export async function listSegments(db: Db, page: Page, q = ''): Promise<SegmentList> {
  const found = db
    .selectFrom('segments')
    .$if(q !== '', (query) => query.where((eb) => holdsWords(eb, eb.ref('name'), q)))
  const { count } = await found.select((eb) => eb.fn.countAll<string>().as('count')).executeTakeFirstOrThrow()
  const rows = await found.selectAll().orderBy('id', 'desc').limit(page.page_size).offset(offsetOf(page)).execute()
  return { rows: await withUses(db, rows), total: { count: Number(count) } }
}

async function withUses(db: Db, rows: readonly Selectable<Segments>[]): Promise<SegmentRow[]> {
  const uses = await findUses(
    db,
    rows.map(({ id }) => id),
  )
  return rows.map((row) => ({ ...row, used_by: uses.get(row.id) ?? [] }))
}

/** @throws AppError SEGMENT_NOT_FOUND, SEGMENT_EXISTS, INVALID_REQUEST for a rule that it or a segment that uses it cannot have */
export function updateSegment(db: Db, id: number, { name, rule }: SegmentChanges): Promise<SegmentRow> {
  return inTurn(db, async (trx) => {
    await getSegment(trx, id)
    if (name !== undefined) await requireFreeName(trx, id, name)
    const named = rule === undefined ? undefined : await checkRule(trx, rule, id)
    const users = named ? await findSoundUsers(trx, id) : []
    await trx
      .updateTable('segments')
      .set({ ...(name !== undefined && { name }), ...(rule !== undefined && { rule }), updated_at: sql<Date>`now()` })
      .where('id', '=', id)
      .execute()
    if (named) {
      await trx.deleteFrom('segment_uses').where('segment_id', '=', id).execute()
      await insertUses(trx, id, named)
    }
    for (const user of users) await requireSound(trx, user)
    return getSegment(trx, id)
  })
}

/** @throws AppError SEGMENT_NOT_FOUND, SEGMENT_IN_USE */
export function deleteSegment(db: Db, id: number): Promise<void> {
  return inTurn(db, async (trx) => {
    const { used_by } = await getSegment(trx, id)
    if (used_by.length > 0) throw inUse(id, used_by)
    await trx.deleteFrom('segments').where('id', '=', id).execute()
  })
}

/** Readers do not wait. */
function inTurn<R>(db: Db, work: (trx: Transaction<SegmentTables>) => Promise<R>): Promise<R> {
  return db.transaction().execute(async (trx) => {
    await sql`lock table ${sql.table('segments')} in share row exclusive mode`.execute(trx)
    return work(trx)
  })
}

/**
 * @param of segment whose rule it becomes
 * @returns ids of the segments that it names
 * @throws AppError INVALID_REQUEST
 */
async function checkRule(db: Db, json: StoredRule, of?: number): Promise<number[]> {
  const { rule } = await resolveRule(db, json, of === undefined ? {} : { of })
  await requireCampaigns(db, rule)
  return segmentsIn(rule)
}

/** A campaign that is gone later has no recipients; one that never was is a slip. @throws AppError INVALID_REQUEST */
export async function requireCampaigns(db: Kysely<Pick<Database, 'campaigns'>>, rule: Condition): Promise<void> {
  const named = leavesOf(rule).filter((leaf) => leaf.kind === 'campaign')
  if (named.length === 0) return
  const ids = named.map(({ id }) => id)
  const rows = await db.selectFrom('campaigns').select('id').where('id', 'in', ids).execute()
  const missing = named.filter(({ id }) => !rows.some((row) => row.id === id))
  if (missing.length > 0)
    refuseRule(missing.map(({ id, path }) => ({ path, message: `${path} names campaign ${id}, which is not there` })))
}

async function insertUses(db: Db, segment_id: number, named: readonly number[]): Promise<void> {
  if (named.length === 0) return
  await db
    .insertInto('segment_uses')
    .values(named.map((used_id) => ({ segment_id, used_id })))
    .execute()
}

async function requireFreeName(db: Db, id: number, name: string): Promise<void> {
  const other = await db
    .selectFrom('segments')
    .select('id')
    .where('name', '=', name)
    .where('id', '<>', id)
    .executeTakeFirst()
  if (other) throw exists(name)
}

interface User {
  readonly id: number
  readonly name: string
  readonly rule: StoredRule
}

/** Segments that use one, without those that cannot be used already for another reason. */
async function findSoundUsers(db: Db, id: number): Promise<User[]> {
  const users = await findUsers(db, id)
  if (users.length === 0) return []
  const rows = await db.selectFrom('segments').select(['id', 'name', 'rule']).where('id', 'in', users).execute()
  const sound: User[] = []
  for (const row of rows) if ((await problemOf(db, row)) === undefined) sound.push(row)
  return sound
}

async function problemOf(db: Db, { id, rule }: User): Promise<string | undefined> {
  try {
    await resolveRule(db, rule, { of: id })
    return undefined
  } catch (error) {
    if (error instanceof AppError) return error.message
    throw error
  }
}

async function requireSound(db: Db, user: User): Promise<void> {
  const problem = await problemOf(db, user)
  if (problem === undefined) return
  const message = `rule does not go with segment ${user.id} (${JSON.stringify(user.name)}), which uses this one: ${problem}`
  refuseRule([{ path: 'rule', message }])
}

const notFound = (id: number) => new AppError(messagingErrors.SEGMENT_NOT_FOUND, `Segment with ID ${id} not found`)
const exists = (name: string) =>
  new AppError(messagingErrors.SEGMENT_EXISTS, `A segment with the name ${JSON.stringify(name)} already exists`)

function inUse(id: number, uses: readonly Use[]): AppError {
  const [first] = uses
  const others = uses.length > 1 ? ` and ${uses.length - 1} more use it` : ' uses it'
  return new AppError(
    messagingErrors.SEGMENT_IN_USE,
    `Cannot delete segment ${id}: ${first?.kind} ${first?.id} (${JSON.stringify(first?.name)})${others}. Change or delete these first`,
    { used_by: uses },
  )
}
