/** Service of the price list: that of the file which PRICES names, or else the one that PUT /prices set. */
import { type Kysely, sql } from 'kysely'
import { AppError, errors } from '../../errors.ts'
import { messagingErrors } from '../errors.ts'
import type { Database } from '../schema.ts'
import { ANY_COUNTRY, findProblems, type Price } from './price-list.ts'

export { type Price, priceListSchema, priceSchema, pricesExample } from './price-list.ts'

export interface PriceList {
  /** By channel, then by country; that for all other countries comes last. */
  readonly prices: readonly Price[]
  readonly source: 'api' | 'file'
}

export interface PriceService {
  get(): Promise<PriceList>
  /** Replaces the whole list. @throws AppError INVALID_REQUEST with the place, PRICES_FROM_FILE */
  replace(prices: readonly Price[]): Promise<PriceList>
}

type Db = Kysely<Pick<Database, 'prices'>>

/** @param file prices of the file that PRICES names */
export function openPriceService(db: Db, file?: readonly Price[]): PriceService {
  const get = () => findPriceList(db, file)
  return Object.freeze<PriceService>({
    get,
    replace: async (prices) => {
      if (file)
        throw new AppError(
          messagingErrors.PRICES_FROM_FILE,
          'Cannot replace the price list: it comes from the file that PRICES names. Change the file and restart, or unset PRICES',
        )
      const problems = findProblems(prices)
      const [first] = problems
      if (first) throw new AppError(errors.INVALID_REQUEST, first.message, problems)
      await replacePrices(db, prices)
      return get()
    },
  })
}

/** The list in force. @param file prices of the file that PRICES names, which count in place of the table */
export async function findPriceList(db: Db, file?: readonly Price[]): Promise<PriceList> {
  if (file) return { prices: inOrder(file), source: 'file' }
  const rows = await db
    .selectFrom('prices')
    .select(['channel', 'country', sql<string>`price::text`.as('price'), 'per', 'currency'])
    .execute()
  return { prices: inOrder(rows), source: 'api' }
}

const rank = ({ channel, country }: Price) => `${channel} ${country === ANY_COUNTRY ? '~' : country}`
const inOrder = (prices: readonly Price[]) => prices.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))

async function replacePrices(db: Db, prices: readonly Price[]): Promise<void> {
  await db.transaction().execute(async (trx) => {
    // Two that replace the list at once would both insert beside what the other one has not deleted.
    await sql`lock table ${sql.table('prices')} in share row exclusive mode`.execute(trx)
    await trx.deleteFrom('prices').execute()
    if (prices.length > 0)
      await trx
        .insertInto('prices')
        .values([...prices])
        .execute()
  })
}
