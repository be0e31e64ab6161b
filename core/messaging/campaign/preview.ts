/** Reads of a preview. It is requested while somebody types, so the statements are prepared. */

import { type Kysely, sql } from 'kysely'
import { prepare } from '../../db/prepare.ts'
import { AppError } from '../../errors.ts'
import type { AttributeType, AttributeTypes, AttributeValues } from '../contacts/attributes.ts'
import { messagingErrors } from '../errors.ts'
import type { Channel, Database } from '../schema.ts'
import { isAvailable, sendersFor } from '../senders/route.ts'
import type { CampaignTexts } from '../text/languages.ts'
import { countryOf } from '../text/phone-country.ts'
import type { ProviderTemplate } from '../text/provider-template.ts'
import type { Transliteration } from '../text/transliterate.ts'

export interface PreviewedCampaign extends CampaignTexts {
  readonly channel: Channel
  readonly template: ProviderTemplate | null
  readonly transliteration: Transliteration
}

export interface PreviewedCustomer {
  readonly id: number
  readonly first_name: string | null
  readonly last_name: string | null
  readonly phone: string
  readonly location: string | null
  readonly prefered_product: string | null
  readonly language: string | null
  readonly attributes: AttributeValues
}

export interface PreviewStore {
  /** @throws AppError CAMPAIGN_NOT_FOUND */
  getCampaign(id: number): Promise<PreviewedCampaign>
  /** @throws AppError CUSTOMER_NOT_FOUND */
  getCustomer(id: number): Promise<PreviewedCustomer>
  /** One of the latest customers who read a language, or a variety of it. */
  findReader(language: string): Promise<PreviewedCustomer | undefined>
  /** Attributes that are declared. */
  findAttributes(): Promise<AttributeTypes>
  /**
   * Names of the senders that may carry the campaign to a phone, those first that can send now.
   * @param phone E.164
   */
  listSenders(campaignId: number, phone: string): Promise<string[]>
}

const customerColumns = [
  'id',
  'first_name',
  'last_name',
  'phone',
  'location',
  'prefered_product',
  'language',
  'attributes',
] as const

/** Customers among whom a reader of a language is looked for: their languages have no index. */
const LOOKED_AT = 2000

type Tables = Pick<Database, 'campaigns' | 'customers' | 'attributes' | 'senders' | 'routes' | 'country_routes'>

export function openPreviewStore(db: Kysely<Tables>): PreviewStore {
  const findCampaign = prepare<{ id: number }, PreviewedCampaign>(db, (param) =>
    db
      .selectFrom('campaigns')
      .select(['channel', 'base_template', 'texts', 'template', 'transliteration'])
      .where('id', '=', param('id')),
  )
  const findCustomer = prepare<{ id: number }, PreviewedCustomer>(db, (param) =>
    db.selectFrom('customers').select(customerColumns).where('id', '=', param('id')),
  )
  const findReader = prepareReader(db)
  const listAttributes = prepare<object, { name: string; type: AttributeType }>(db, () =>
    db.selectFrom('attributes').select(['name', 'type']).orderBy('name'),
  )
  const findSenders = prepareSenders(db)
  return {
    listSenders: async (campaignId, phone) => {
      const rows = await findSenders({ campaignId, country: countryOf(phone) ?? null })
      return rows.map(({ name }) => name)
    },
    getCampaign: async (id) => {
      const [row] = await findCampaign({ id })
      if (!row) throw new AppError(messagingErrors.CAMPAIGN_NOT_FOUND, `Campaign with ID ${id} not found`)
      return row
    },
    getCustomer: async (id) => {
      const [row] = await findCustomer({ id })
      if (!row) throw new AppError(messagingErrors.CUSTOMER_NOT_FOUND, `Customer with ID ${id} not found`)
      return row
    },
    findReader: async (language) => (await findReader({ language }))[0],
    findAttributes: async () => new Map((await listAttributes({})).map(({ name, type }) => [name, type])),
  }
}

function prepareReader(db: Kysely<Tables>) {
  return prepare<{ language: string }, PreviewedCustomer>(db, (param) => {
    const language = sql<string>`${param('language')}::text`
    const latest = db.selectFrom('customers').select(customerColumns).orderBy('id', 'desc').limit(LOOKED_AT)
    return db
      .selectFrom(latest.as('c'))
      .selectAll('c')
      .where(sql<boolean>`(c.language = ${language} or starts_with(c.language, ${language} || '-'))`)
      .orderBy(sql`length(c.language)`)
      .orderBy('c.id', 'desc')
      .limit(1)
  })
}

function prepareSenders(db: Kysely<Tables>) {
  return prepare<{ campaignId: number; country: string | null }, { name: string }>(db, (param) =>
    db
      .selectFrom('campaigns as k')
      .innerJoinLateral(
        sql<{ names: string[] }>`(select ${sendersFor('k', sql`${param('country')}::text`)} as names)`.as<'route'>(
          sql`route`,
        ),
        (join) => join.onTrue(),
      )
      .innerJoin('senders as s', (join) => join.on(sql<boolean>`s.name = any(route.names)`))
      .select('s.name')
      .where('k.id', '=', sql<number>`${param('campaignId')}::int`)
      .orderBy(isAvailable('s'), 'desc')
      .orderBy(sql`array_position(route.names, s.name)`),
  )
}
