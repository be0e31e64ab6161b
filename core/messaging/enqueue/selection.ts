/**
 * Audiences that are given by segments and rules: whom they select, as one condition. The ids of customers stay in the
 * database.
 */
import type { Kysely } from 'kysely'
import { AppError, type ErrorDetail, errors } from '../../errors.ts'
import type { Database } from '../schema.ts'
import { type RuleTables, resolveRule } from '../segments/resolve.ts'
import type { Resolved } from '../segments/rule.ts'
import type { AudienceSpec } from './audience-spec.ts'

type Db = Kysely<RuleTables & Pick<Database, 'campaigns'>>

/** Segments that an audience names itself. */
export const segmentsOf = ({ segment_ids = [], exclude }: AudienceSpec): readonly number[] => [
  ...new Set([...segment_ids, ...(exclude?.segment_ids ?? [])]),
]

/** @throws AppError INVALID_REQUEST with the place of each problem */
export async function resolveAudience(db: Db, spec: AudienceSpec): Promise<Resolved> {
  requireSelection(spec)
  const { exclude = {} } = spec
  await requireCampaigns(db, exclude.campaign_ids ?? [])
  const included = await resolveParts(db, spec, 'audience')
  const excluded = [
    ...(await resolveParts(db, exclude, 'audience.exclude')),
    ...(exclude.campaign_ids ?? []).map(recipientsOf),
  ]
  const whom: Resolved = spec.everyone ? { kind: 'all', of: [] } : { kind: 'any', of: included }
  return excluded.length === 0 ? whom : { kind: 'all', of: [whom, { kind: 'not', of: { kind: 'any', of: excluded } }] }
}

const recipientsOf = (id: number, nth: number): Resolved => ({
  kind: 'campaign',
  id,
  outcomes: [],
  path: `audience.exclude.campaign_ids[${nth}]`,
})

async function resolveParts(db: Db, { segment_ids = [], rules }: AudienceSpec, at: string): Promise<Resolved[]> {
  const parts: Resolved[] = []
  for (const [nth, segment] of segment_ids.entries()) {
    const place = `${at}.segment_ids[${nth}]`
    parts.push((await resolveRule(db, { segment }, { root: place, at: place })).resolved)
  }
  if (rules !== undefined) parts.push((await resolveRule(db, rules, { root: `${at}.rules` })).resolved)
  return parts
}

/** @throws AppError INVALID_REQUEST */
function requireSelection({ everyone = false, segment_ids = [], rules }: AudienceSpec): void {
  const isGiven = segment_ids.length > 0 || rules !== undefined
  if (everyone && isGiven)
    refuse(
      'audience.everyone',
      'audience.everyone goes with exclude alone: leave out segment_ids and rules, or everyone',
    )
  if (!everyone && !isGiven) refuse('audience', 'audience selects nobody: give everyone: true, segment_ids or rules')
}

async function requireCampaigns(db: Db, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return
  const rows = await db.selectFrom('campaigns').select('id').where('id', 'in', ids).execute()
  const problems = ids.flatMap((id, nth) => {
    const path = `audience.exclude.campaign_ids[${nth}]`
    return rows.some((row) => row.id === id)
      ? []
      : [{ path, message: `${path} names campaign ${id}, which is not there` }]
  })
  const [first] = problems
  if (first) throw new AppError(errors.INVALID_REQUEST, first.message, problems)
}

function refuse(path: string, message: string): never {
  const problems: readonly ErrorDetail[] = [{ path, message }]
  throw new AppError(errors.INVALID_REQUEST, message, problems)
}
