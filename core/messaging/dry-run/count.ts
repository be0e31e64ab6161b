/** Recipients of a dry run, counted in the database by the beginnings of their phones, and a random sample of them. */
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Clock } from '../../clock.ts'
import type { Database } from '../schema.ts'
import type { CustomerIds } from '../segments/audience.ts'
import { countryOf, countryPrefixes, countryPrefixOf } from '../text/phone-country.ts'
import type { Chosen, Range } from './chosen.ts'
import { openPass } from './pass.ts'

type Db = Kysely<Database>

export interface Counts {
  readonly recipients: number
  /** Chosen, and recipients of the campaign before. */
  readonly already: number
  /** Recipients by country; null: phones of no country. */
  readonly byCountry: ReadonlyMap<string | null, number>
  /** Country as which a phone was counted. */
  countryOf(phone: string): string | null
}

export interface Counted {
  readonly counts: Counts
  /** Ids of the sample, in their order: of all recipients, where they are no more than asked for. */
  readonly sample: readonly number[]
}

export interface Counting {
  readonly campaignId: number
  /** Customers of the sample. */
  readonly most: number
}

/** @throws AppError RULE_TOO_SLOW */
export async function countChosen(db: Db, chosen: Chosen, counting: Counting, clock: Clock): Promise<Counted> {
  const pass = await openPass(db, chosen, clock)
  const groups = new Map<string, Group>()
  await pass(async (within, range) => {
    for (const row of await countGroups(within, chosen, range, counting.campaignId).execute()) add(groups, row)
  })
  const counts = countsOf(groups)
  const drawn: { readonly id: number; readonly draw: number }[] = []
  const below = drawnBelow(counts.recipients, counting.most)
  await pass(async (within, range) => {
    drawn.push(...(await drawSample(within, chosen, range, { ...counting, below }).execute()))
  })
  drawn.sort((a, b) => a.draw - b.draw || a.id - b.id)
  const sample = drawn.slice(0, counting.most).map(({ id }) => id)
  return { counts, sample: sample.sort((a, b) => a - b) }
}

interface Group {
  readonly prefix: string
  readonly recipients: number
  readonly already: number
  /** A recipient's phone; null where there is none. */
  readonly phone: string | null
}

function add(groups: Map<string, Group>, { prefix, recipients, already, phone }: Group): void {
  const before = groups.get(prefix)
  groups.set(prefix, {
    prefix,
    recipients: (before?.recipients ?? 0) + recipients,
    already: (before?.already ?? 0) + already,
    phone: before?.phone ?? phone,
  })
}

function countsOf(groups: ReadonlyMap<string, Group>): Counts {
  let [recipients, already] = [0, 0]
  const byCountry = new Map<string | null, number>()
  const countries = new Map<string, string | null>()
  for (const group of groups.values()) {
    recipients += group.recipients
    already += group.already
    if (group.phone === null) continue
    const country = countryOf(group.phone) ?? null
    countries.set(group.prefix, country)
    byCountry.set(country, (byCountry.get(country) ?? 0) + group.recipients)
  }
  return {
    recipients,
    already,
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

/**
 * The chosen customers with columns of theirs, and with the message that they have in the campaign, if any. It is joined:
 * PostgreSQL looks a list up for each customer anew where it may be too large for its memory.
 */
const withColumns = (
  customers: CustomerIds,
  { after = 0, upTo }: Range,
  campaignId: number,
  columns: Readonly<Record<string, RawBuilder<unknown>>>,
) =>
  customers
    .leftJoin('outbound_messages as earlier', (join) =>
      join
        .onRef('earlier.customer_id', '=', 'customers.id')
        .on('earlier.campaign_id', '=', campaignId)
        .on('earlier.customer_id', '>', after)
        .on(upTo === undefined ? sql<boolean>`true` : sql<boolean>`earlier.customer_id <= ${upTo}`),
    )
    .select(Object.entries(columns).map(([name, value]) => value.as(name)))

const isEarlier = sql<boolean>`(earlier.id is not null)`

function countGroups(within: Db, chosen: Chosen, range: Range, campaignId: number) {
  const columns = { prefix: prefix(), phone: sql`customers.phone`, already: isEarlier }
  const customers = withColumns(chosen.customers(within, range), range, campaignId, columns)
  return within
    .selectFrom(customers.as('c'))
    .select([
      sql<string>`c.prefix`.as('prefix'),
      sql<number>`(count(*) filter (where not c.already))::int`.as('recipients'),
      sql<number>`(count(*) filter (where c.already))::int`.as('already'),
      sql<string | null>`min(c.phone) filter (where not c.already)`.as('phone'),
    ])
    .groupBy(sql`c.prefix`)
}

/** Draws are from 0 up to this. */
const DRAWS = 2 ** 32
/** The id's hash decides, so that the same customers are drawn at each call. */
const draw = sql<number>`(hashint4(customers.id)::float8 + ${sql.lit(DRAWS / 2)})`

/** Bound of the draws that hold the `most` smallest, nearly always: five deviations more than are needed. */
function drawnBelow(recipients: number, most: number): number {
  if (recipients <= most) return DRAWS
  return (DRAWS * (most + 5 * Math.sqrt(most))) / recipients
}

function drawSample(within: Db, chosen: Chosen, range: Range, { campaignId, below }: Counting & { below: number }) {
  return withColumns(chosen.customers(within, range), range, campaignId, { draw })
    .where(sql<boolean>`${draw} < ${below}`)
    .where(sql<boolean>`not ${isEarlier}`)
    .$castTo<{ id: number; draw: number }>()
}
