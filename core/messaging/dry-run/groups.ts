/** Recipients of a dry run in groups by the beginnings of their phones, and the draws that decide who is in the sample. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Database } from '../schema.ts'
import type { CustomerIds } from '../segments/audience.ts'
import { countryOf, countryPrefixes, countryPrefixOf } from '../text/phone-country.ts'
import { type CampaignCaps, isCappedNow, joinReservations } from './capped.ts'
import type { Chosen, Range } from './chosen.ts'

type Db = Kysely<Database>

export interface Counts {
  readonly recipients: number
  /** Chosen, and recipients of the campaign before. */
  readonly already: number
  /** Recipients whom the caps hold now. */
  readonly capped: number
  /** The other recipients by country; null: phones of no country. */
  readonly byCountry: ReadonlyMap<string | null, number>
  /** Country as which a phone was counted. */
  countryOf(phone: string): string | null
}

export interface Group {
  readonly prefix: string
  readonly recipients: number
  readonly already: number
  readonly capped: number
  /** A recipient's phone; null where there is none. */
  readonly phone: string | null
}

/** Groups by their prefix. */
export type Groups = Map<string, Group>

export function addGroup(groups: Groups, { prefix, recipients, already, capped, phone }: Group): void {
  const before = groups.get(prefix)
  groups.set(prefix, {
    prefix,
    recipients: (before?.recipients ?? 0) + recipients,
    already: (before?.already ?? 0) + already,
    capped: (before?.capped ?? 0) + capped,
    phone: before?.phone ?? phone,
  })
}

export function countsOf(groups: Groups): Counts {
  let [recipients, already, capped] = [0, 0, 0]
  const byCountry = new Map<string | null, number>()
  const countries = new Map<string, string | null>()
  for (const group of groups.values()) {
    recipients += group.recipients
    already += group.already
    capped += group.capped
    if (group.phone === null) continue
    const country = countryOf(group.phone) ?? null
    countries.set(group.prefix, country)
    byCountry.set(country, (byCountry.get(country) ?? 0) + group.recipients - group.capped)
  }
  return {
    recipients,
    already,
    capped,
    byCountry,
    countryOf: (phone) => countries.get(countryPrefixOf(phone)) ?? countryOf(phone) ?? null,
  }
}

const prefix = (): RawBuilder<string> => {
  const cases = countryPrefixes.shared.map(
    ({ codes, length }) =>
      sql`when left(customers.phone, ${sql.lit(codes[0]?.length ?? 0)}) in (${sql.join(codes.map((code) => sql.lit(code)))}) then ${sql.lit(length)}`,
  )
  return sql`left(customers.phone, case ${sql.join(cases, sql` `)} else ${sql.lit(countryPrefixes.otherwise)} end)`
}

/** Draws are from 0 up to this. */
export const DRAWS = 2 ** 32
/** The id's hash decides, so that the same customers are drawn at each call. */
const draw = sql<number>`(hashint4(customers.id)::float8 + ${sql.lit(DRAWS / 2)})`

export interface Drawn {
  readonly id: number
  readonly draw: number
}

/** The smallest draws, the smallest first. */
export const smallest = (drawn: readonly Drawn[], most: number): Drawn[] =>
  drawn.toSorted((a, b) => a.draw - b.draw || a.id - b.id).slice(0, most)

export interface Selected {
  readonly chosen: Chosen
  readonly campaignId: number
  /** False where nobody has to be looked up among the recipients: there are none. */
  readonly hasRecipients: boolean
  /** Undefined where the campaign's messages are not capped. */
  readonly caps: CampaignCaps | undefined
}

export async function findRecipient(db: Db, campaignId: number): Promise<boolean> {
  const row = await db.selectFrom('outbound_messages').select('id').where('campaign_id', '=', campaignId).limit(1)
  return (await row.executeTakeFirst()) !== undefined
}

interface Columns {
  readonly prefix: string
  readonly phone: string
  readonly draw: number
  readonly already: boolean
  readonly capped: boolean
}
const columns: { readonly [Name in Exclude<keyof Columns, 'already' | 'capped'>]: () => RawBuilder<Columns[Name]> } = {
  prefix,
  phone: () => sql`customers.phone`,
  draw: () => draw,
}

/**
 * Ids of the chosen customers with these columns, and whether they have a message in the campaign, or are capped. What says so
 * is joined: PostgreSQL looks a list up for each customer anew where it may be too large for its memory.
 */
export function selectChosen<Name extends keyof typeof columns>(
  within: Db,
  { chosen, campaignId, hasRecipients, caps }: Selected,
  range: Range,
  names: readonly Name[],
) {
  const { after = 0, upTo } = range
  const customers = chosen.customers(within, range)
  const joined = customers.leftJoin('outbound_messages as earlier', (join) =>
    join
      .onRef('earlier.customer_id', '=', 'customers.id')
      .on('earlier.campaign_id', '=', campaignId)
      .on('earlier.customer_id', '>', after)
      .on(upTo === undefined ? sql<boolean>`true` : sql<boolean>`earlier.customer_id <= ${upTo}`),
  )
  const already = hasRecipients ? sql<boolean>`(earlier.id is not null)` : sql<boolean>`false`
  const capped = caps ? isCappedNow(caps) : sql<boolean>`false`
  const selected = [...names.map((name) => columns[name]().as(name)), already.as('already'), capped.as('capped')]
  return joinReservations(hasRecipients ? joined : customers, caps).select(selected as never) as unknown as ReturnType<
    CustomerIds['clearSelect']
  >
}

/** Aggregates over the columns `prefix`, `phone`, `already` and `capped` of customers `c`, by prefix. */
export const groupColumns = [
  sql<string>`c.prefix`.as('prefix'),
  sql<number>`(count(*) filter (where not c.already))::int`.as('recipients'),
  sql<number>`(count(*) filter (where c.already))::int`.as('already'),
  sql<number>`(count(*) filter (where c.capped and not c.already))::int`.as('capped'),
  // By bytes: the database's collation would take as long as all the rest.
  sql<string | null>`min(c.phone collate "C") filter (where not c.already)`.as('phone'),
] as const
