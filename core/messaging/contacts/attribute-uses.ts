/** Uses of an attribute, which keep it from being removed. */
import { type Kysely, sql } from 'kysely'
import { AppError } from '../../errors.ts'
import { messagingErrors } from '../errors.ts'
import type { Database } from '../schema.ts'
import { compileTexts } from '../text/languages.ts'
import { compileProviderTemplate } from '../text/provider-template.ts'
import type { AttributeType } from './attributes.ts'

type Db = Kysely<Pick<Database, 'campaigns' | 'segments' | 'selections'>>

/** Uses of each kind that an error has, and those that its message names. */
const [MOST_LISTED, MOST_NAMED] = [100, 5]

const named = (one: string, many: string, ids: readonly number[]): string[] => {
  const list = ids.slice(0, MOST_NAMED).join(', ') + (ids.length > MOST_NAMED ? ', ...' : '')
  return ids.length === 0 ? [] : [`${ids.length === 1 ? one : many} ${list}`]
}

/** @throws AppError ATTRIBUTE_IN_USE if texts or audiences of campaigns that are not over name it, or rules of segments */
export async function requireUnused(db: Db, name: string, type: AttributeType): Promise<void> {
  const texts = await listCampaigns(db, name, type)
  const audiences = await listAudiences(db, name)
  const segments = await listSegments(db, name)
  const uses = [
    ...named('the text of campaign', 'the texts of campaigns', texts),
    ...named('the audience of campaign', 'the audiences of campaigns', audiences),
    ...named('segment', 'segments', segments),
  ]
  if (uses.length === 0) return
  const campaigns = [...new Set([...texts, ...audiences])].sort((a, b) => a - b)
  throw new AppError(
    messagingErrors.ATTRIBUTE_IN_USE,
    `Cannot remove the attribute "${name}": it is used by ${uses.join(' and ')}. Change these first, or cancel the campaigns`,
    { campaign_ids: campaigns.slice(0, MOST_LISTED), segment_ids: segments.slice(0, MOST_LISTED) },
  )
}

/** A rule in this column names the attribute. */
const namesIt = (column: 'rule' | 'audience', name: string) =>
  sql<boolean>`jsonb_path_exists(${sql.ref(column)}, '$.**.field ? (@ == $name)',
    jsonb_build_object('name', ${`attributes.${name}`}::text))`

async function listSegments(db: Db, name: string): Promise<number[]> {
  const rows = await db.selectFrom('segments').select('id').where(namesIt('rule', name)).orderBy('id').execute()
  return rows.map(({ id }) => id)
}

/** Campaigns whose audiences are not queued to their end. */
async function listAudiences(db: Db, name: string): Promise<number[]> {
  const rows = await db
    .selectFrom('selections')
    .select('campaign_id')
    .where('done_at', 'is', null)
    .where(namesIt('audience', name))
    .execute()
  return rows.map(({ campaign_id }) => campaign_id)
}

async function listCampaigns(db: Db, name: string, type: AttributeType): Promise<number[]> {
  const rows = await db
    .selectFrom('campaigns')
    .select(['id', 'base_template', 'texts', 'template'])
    .where('status', 'in', ['draft', 'scheduled', 'sending', 'paused'])
    .where(
      sql<boolean>`position(${name}::text in base_template || coalesce(texts::text, '') || coalesce(template::text, '')) > 0`,
    )
    .orderBy('id')
    .execute()
  const options = { attributes: new Map([[name, type]]) }
  const uses = ({ template, ...texts }: (typeof rows)[number]) =>
    compileTexts(texts, options).all.some(({ attributes }) => attributes.length > 0) ||
    (template !== null && compileProviderTemplate(template, options).attributes.length > 0)
  return rows.filter(uses).map(({ id }) => id)
}
