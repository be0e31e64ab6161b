/** Campaigns in the database: made, found, changed and removed. */

import { type Kysely, type Selectable, sql } from 'kysely'
import { AppError, errors } from '../../errors.ts'
import { messagingErrors } from '../errors.ts'
import type { Purpose } from '../purpose.ts'
import type { Campaigns, Channel, Database, Priority } from '../schema.ts'
import type { TextsByLanguage } from '../text/languages.ts'
import type { ProviderTemplate } from '../text/provider-template.ts'
import type { Transliteration } from '../text/transliterate.ts'
import { statusConflict } from './control.ts'
import { type CampaignStatus, isAllowed, statusesAllowing } from './status.ts'

type Db = Kysely<Pick<Database, 'campaigns'>>
type EditDb = Kysely<Pick<Database, 'campaigns' | 'senders'>>

export const campaignColumns = [
  'id',
  'name',
  'channel',
  'status',
  'base_template',
  'scheduled_at',
  'expires_at',
  'created_at',
  'audience_open',
  'paused_reason',
  'paused_detail',
  'paused_at',
  'sender',
  'max_rate',
  'priority',
  'purpose',
  'transliteration',
  'template',
  'texts',
] as const satisfies readonly (keyof Campaigns)[]

export type CampaignRow = Pick<Selectable<Campaigns>, (typeof campaignColumns)[number]>

/** Times in RFC 3339. */
export interface NewCampaign {
  readonly name: string
  readonly channel: Channel
  readonly base_template: string
  readonly scheduled_at?: string | null
  readonly expires_at?: string | null
  /** Name of the sender to use; null: by the route of the channel. */
  readonly sender?: string | null
  /** Messages a second; null: as fast as the sender allows. */
  readonly max_rate?: number | null
  readonly priority?: Priority
  /** Default: marketing. */
  readonly purpose?: Purpose
  /** On SMS only; default: none. */
  readonly transliteration?: Transliteration
  /** The provider's approved template, on WhatsApp only; null: the text is sent as it is. */
  readonly template?: ProviderTemplate | null
  /** Texts by language, beside `base_template`, and without a template; null: none. */
  readonly texts?: TextsByLanguage | null
}
export type CampaignChanges = Partial<NewCampaign>

/** By the database's clock, as everything that compares times. */
const statusAt = (time: string | null | undefined) =>
  sql<CampaignStatus>`case when ${time ?? null}::timestamptz > now() then 'scheduled' else 'draft' end::campaign_status`

/** @throws AppError INVALID_REQUEST */
export async function insertCampaign(db: EditDb, campaign: NewCampaign): Promise<CampaignRow> {
  const { scheduled_at = null, ...rest } = campaign
  requireOrder(scheduled_at, rest.expires_at)
  requireTemplateChannel(campaign)
  requireSms(campaign)
  requireOneText(campaign)
  await requireSender(db, campaign)
  return db
    .insertInto('campaigns')
    .values({ ...rest, scheduled_at, status: statusAt(scheduled_at) })
    .returning(campaignColumns)
    .executeTakeFirstOrThrow()
}

/** @throws AppError CAMPAIGN_NOT_FOUND */
export async function getCampaign(db: Db, id: number): Promise<CampaignRow> {
  const row = await db.selectFrom('campaigns').select(campaignColumns).where('id', '=', id).executeTakeFirst()
  if (!row) throw notFound(id)
  return row
}

/** @throws AppError INVALID_REQUEST for a sender that there is not, or that does not carry the channel */
async function requireSender(
  db: EditDb,
  { sender: name, channel }: { readonly sender?: string | null; readonly channel: Channel },
): Promise<void> {
  if (name === undefined || name === null) return
  const known = await db.selectFrom('senders').select(['name', 'channels']).orderBy('name').execute()
  const able = known.filter(({ channels }) => channels.includes(channel)).map((sender) => sender.name)
  if (able.includes(name)) return
  const found = known.some((sender) => sender.name === name)
  const message = `sender ${JSON.stringify(name)} ${found ? `does not carry ${channel}` : 'is not there'}${able.length > 0 ? `: use one of ${able.join(', ')}, or null` : ''}`
  throw new AppError(errors.INVALID_REQUEST, message, [{ path: 'sender', message }])
}

/** @throws AppError INVALID_REQUEST for a template on a channel that has none */
function requireTemplateChannel({
  template,
  channel,
}: {
  readonly template?: ProviderTemplate | null
  readonly channel: Channel
}): void {
  if (!template || channel === 'whatsapp') return
  const message = `template is for WhatsApp: leave it out, or set channel to whatsapp`
  throw new AppError(errors.INVALID_REQUEST, message, [{ path: 'template', message }])
}

/** @throws AppError INVALID_REQUEST for other characters on a channel that is not paid by parts */
function requireSms({ transliteration, channel }: Pick<NewCampaign, 'transliteration' | 'channel'>): void {
  if (transliteration === undefined || transliteration === 'none' || channel === 'sms') return
  const message = 'transliteration is for SMS: set it to none or leave it out, or set channel to sms'
  throw new AppError(errors.INVALID_REQUEST, message, [{ path: 'transliteration', message }])
}

/** @throws AppError INVALID_REQUEST for a template with texts by language: the provider keeps its text, which is in one */
function requireOneText({ template, texts }: Pick<NewCampaign, 'template' | 'texts'>): void {
  if (!template || !texts) return
  const message =
    'texts cannot go with a template, whose text the provider keeps in one language: leave texts out, or set template to null'
  throw new AppError(errors.INVALID_REQUEST, message, [{ path: 'texts', message }])
}

/** @throws AppError INVALID_REQUEST when all of it would be skipped */
function requireOrder(scheduled_at: Date | string | null, expires_at: Date | string | null | undefined): void {
  if (!expires_at) return
  const start = scheduled_at === null ? Date.now() : new Date(scheduled_at).getTime()
  if (new Date(expires_at).getTime() > start) return
  const message = `expires_at must be after ${scheduled_at === null ? 'now' : 'scheduled_at'}, or absent`
  throw new AppError(errors.INVALID_REQUEST, message, [{ path: 'expires_at', message }])
}

/**
 * One compare-and-set: a scheduler or a /send that starts the campaign meanwhile either comes first, and this changes
 * nothing, or waits for it and sees what it set.
 * @throws AppError CAMPAIGN_NOT_FOUND, CAMPAIGN_STATUS_CONFLICT
 */
export async function updateCampaign(db: EditDb, id: number, changes: CampaignChanges): Promise<CampaignRow> {
  const { scheduled_at, expires_at } = changes
  const changed = await db.transaction().execute(async (trx) => {
    const row = await trx
      .updateTable('campaigns')
      .set({ ...changes, updated_at: sql<Date>`now()` })
      .$if(scheduled_at !== undefined, (update) => update.set({ status: statusAt(scheduled_at) }))
      .where('id', '=', id)
      .where('status', 'in', statusesAllowing('edit'))
      .returning(campaignColumns)
      .executeTakeFirst()
    if (row && (changes.sender !== undefined || changes.channel !== undefined)) await requireSender(trx, row)
    if (row && (changes.template !== undefined || changes.channel !== undefined)) requireTemplateChannel(row)
    if (row && (changes.transliteration !== undefined || changes.channel !== undefined)) requireSms(row)
    if (row && (changes.template !== undefined || changes.texts !== undefined)) requireOneText(row)
    if (row && (scheduled_at !== undefined || expires_at !== undefined)) requireOrder(row.scheduled_at, row.expires_at)
    return row
  })
  if (changed) return changed
  throw statusConflict('edit', await getCampaign(db, id))
}

type RemovalTables = Pick<Database, 'campaigns' | 'outbound_messages' | 'dispatch_chunks'>

/**
 * The lock keeps /send and the scheduler out until all of it is gone.
 * @throws AppError CAMPAIGN_NOT_FOUND, CAMPAIGN_STATUS_CONFLICT
 */
export function deleteCampaign(db: Kysely<RemovalTables>, id: number): Promise<void> {
  return db.transaction().execute(async (trx) => {
    const row = await trx.selectFrom('campaigns').select('status').where('id', '=', id).forUpdate().executeTakeFirst()
    if (!row) throw notFound(id)
    if (!isAllowed(row.status, 'delete')) throw statusConflict('delete', { id, status: row.status })
    await trx.deleteFrom('outbound_messages').where('campaign_id', '=', id).execute()
    await trx.deleteFrom('dispatch_chunks').where('campaign_id', '=', id).execute()
    await trx.deleteFrom('campaigns').where('id', '=', id).execute()
  })
}

export const notFound = (id: number) =>
  new AppError(messagingErrors.CAMPAIGN_NOT_FOUND, `Campaign with ID ${id} not found`)
