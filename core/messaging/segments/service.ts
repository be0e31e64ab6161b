/** Service of segments: made, shown, changed and removed, and the customers who fit a rule. */
import type { Kysely, Selectable } from 'kysely'
import type { Clock } from '../../clock.ts'
import type { Page } from '../../http/page.ts'
import type { Customers, Database } from '../schema.ts'
import { type CompiledAudience, compileAudience } from './audience.ts'
import { countAudience } from './count.ts'
import {
  deleteSegment,
  getSegment,
  insertSegment,
  listSegments,
  type NewSegment,
  requireCampaigns,
  type SegmentChanges,
  type SegmentList,
  type SegmentRow,
  updateSegment,
} from './segments.ts'
import type { StoredRule } from './tables.ts'

export type { NewSegment, SegmentChanges, SegmentRow } from './segments.ts'

export interface SegmentPreview {
  readonly count: number
  /** The first ones, in the order of their ids. */
  readonly sample: readonly Selectable<Customers>[]
}

export interface SegmentService {
  /** @throws AppError INVALID_REQUEST, SEGMENT_EXISTS */
  insert(segment: NewSegment): Promise<SegmentRow>
  /** @throws AppError SEGMENT_NOT_FOUND */
  get(id: number): Promise<SegmentRow>
  /** Newest first. @param q words that the name holds */
  list(page: Page, q?: string): Promise<SegmentList>
  /** @throws AppError SEGMENT_NOT_FOUND, SEGMENT_EXISTS, INVALID_REQUEST */
  update(id: number, changes: SegmentChanges): Promise<SegmentRow>
  /** @throws AppError SEGMENT_NOT_FOUND, SEGMENT_IN_USE */
  delete(id: number): Promise<void>
  /** Customers who fit a rule. @throws AppError INVALID_REQUEST, RULE_TOO_SLOW */
  previewRule(rule: StoredRule): Promise<SegmentPreview>
  /** Customers in a segment. @throws AppError SEGMENT_NOT_FOUND, INVALID_REQUEST, RULE_TOO_SLOW */
  previewSegment(id: number): Promise<SegmentPreview>
}

export function openSegmentService(db: Kysely<Database>, clock: Clock): SegmentService {
  const preview = async (audience: CompiledAudience): Promise<SegmentPreview> => {
    const { count, ids } = await countAudience(db, audience, clock)
    return { count, sample: await readCustomers(db, ids) }
  }
  return Object.freeze<SegmentService>({
    insert: (segment) => insertSegment(db, segment),
    get: (id) => getSegment(db, id),
    list: (page, q) => listSegments(db, page, q),
    update: (id, changes) => updateSegment(db, id, changes),
    delete: (id) => deleteSegment(db, id),
    previewRule: async (rule) => {
      const audience = await compileAudience(db, rule, { now: clock.now() })
      await requireCampaigns(db, audience.rule)
      return preview(audience)
    },
    previewSegment: async (id) => {
      const { rule } = await getSegment(db, id)
      return preview(await compileAudience(db, rule, { now: clock.now(), of: id }))
    },
  })
}

async function readCustomers(db: Kysely<Pick<Database, 'customers'>>, ids: readonly number[]) {
  if (ids.length === 0) return []
  return db.selectFrom('customers').selectAll().where('id', 'in', ids).orderBy('id').execute()
}
