/** Service of whoever shows and records consents. */
import type { Kysely, Selectable } from 'kysely'
import { AppError } from '../../errors.ts'
import { messagingErrors } from '../errors.ts'
import type { Database } from '../schema.ts'
import { type NewConsent, type Recorded, recordConsent, recordOfMany } from './record.ts'
import type { Consents } from './tables.ts'

export type { NewConsent, Recorded } from './record.ts'
export {
  consentChannels,
  consentMethods,
  consentStatuses,
  MAX_WORDS,
  storedMethods,
} from './tables.ts'

export type ConsentRow = Selectable<Consents>

export interface ConsentService {
  /**
   * Records of a customer, those that were recorded last first.
   * @param before id of the last one that was shown; undefined at the beginning
   * @throws AppError CUSTOMER_NOT_FOUND
   */
  list(customerId: number, before: string | undefined, most: number): Promise<ConsentRow[]>
  /** @throws AppError CUSTOMER_NOT_FOUND */
  record(customerId: number, consent: NewConsent): Promise<ConsentRow>
  /**
   * Records the same of many customers, by their phones in E.164, each once. Those who have withdrawn keep that, and the same
   * record is not repeated.
   */
  recordOfMany(phones: readonly string[], consent: NewConsent): Promise<Recorded>
}

type Db = Kysely<Pick<Database, 'consents' | 'customers'>>

export function openConsentService(db: Db): ConsentService {
  return Object.freeze<ConsentService>({
    list: (customerId, before, most) => listConsents(db, customerId, before, most),
    record: async (customerId, consent) => {
      const id = await recordConsent(db, customerId, consent)
      if (id === undefined) throw notFound(customerId)
      return db.selectFrom('consents').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    },
    recordOfMany: (phones, consent) => recordOfMany(db, phones, consent),
  })
}

async function listConsents(
  db: Db,
  customerId: number,
  before: string | undefined,
  most: number,
): Promise<ConsentRow[]> {
  const rows = await db
    .selectFrom('consents')
    .selectAll()
    .where('customer_id', '=', customerId)
    .$if(before !== undefined, (query) => query.where('id', '<', before ?? ''))
    .orderBy('id', 'desc')
    .limit(most)
    .execute()
  if (rows.length > 0) return rows
  const known = await db.selectFrom('customers').select('id').where('id', '=', customerId).executeTakeFirst()
  if (!known) throw notFound(customerId)
  return rows
}

const notFound = (id: number) => new AppError(messagingErrors.CUSTOMER_NOT_FOUND, `Customer with ID ${id} not found`)
