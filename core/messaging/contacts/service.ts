/** Services of contacts: reading customers, and writing them. */
import type { Insertable, Kysely } from 'kysely'
import type { Clock } from '../../clock.ts'
import type { Page } from '../../http/page.ts'
import { lockConsents, type NewConsent, recordConsent } from '../consents/record.ts'
import type { Customers, Database } from '../schema.ts'
import type { CountryCode } from '../text/phone.ts'
import {
  type AttributeRow,
  declareAttributes,
  deleteAttribute,
  findAttributeTypes,
  insertAttribute,
  listAttributes,
  type NewAttribute,
} from './attribute-store.ts'
import { requireUnused } from './attribute-uses.ts'
import type { AttributeTypes } from './attributes.ts'
import type { ImportRow } from './csv/check.ts'
import {
  type CustomerChanges,
  type CustomerRow,
  deleteCustomer,
  getCustomer,
  insertCustomer,
  updateCustomer,
} from './customers.ts'
import type { CustomerFilter } from './filter.ts'
import { findIds, findIdsByPhone, type IdRequest, listByIds } from './ids.ts'
import { importOnce, type KeyedImport, type Once } from './import-keys.ts'
import { upsertCustomers } from './import-rows.ts'
import { type CustomerList, countCustomers, listCustomers } from './list.ts'
import { refreshStatistics } from './statistics.ts'

export type { AttributeRow, NewAttribute } from './attribute-store.ts'
export type { CustomerChanges, CustomerRow } from './customers.ts'
export type { CustomerFilter } from './filter.ts'

/** `country`: of phones in a search that are written without one. */
export interface ReadContacts {
  /** @throws AppError CUSTOMER_NOT_FOUND */
  get(id: number): Promise<CustomerRow>
  /** A page of customers, newest first, with how many there are: searches are counted up to a bound. */
  list(page: Page, filter: CustomerFilter, country: CountryCode): Promise<CustomerList>
  /** The exact number, however long it takes to count. */
  count(filter: CustomerFilter, country: CountryCode): Promise<number>
  /** Ids in ascending order, from `after` on, `most` of them at most. */
  findIds(request: IdRequest, country: CountryCode): Promise<number[]>
  /** @param phones as E.164 */
  findIdsByPhone(phones: readonly string[]): Promise<number[]>
  /** Customers with these ids, in ascending order. */
  listByIds(ids: readonly number[]): Promise<CustomerRow[]>
  /** Declared attributes, in the order of their names. */
  listAttributes(): Promise<AttributeRow[]>
  /** Their types by name, in the same order. */
  findAttributes(): Promise<AttributeTypes>
}

export interface WriteContacts {
  /** @param consent recorded in the same transaction. @throws AppError CUSTOMER_EXISTS */
  insert(customer: Insertable<Customers>, consent?: NewConsent): Promise<CustomerRow>
  /** @throws AppError CUSTOMER_NOT_FOUND, CUSTOMER_EXISTS */
  update(id: number, changes: CustomerChanges): Promise<CustomerRow>
  /** @throws AppError CUSTOMER_NOT_FOUND */
  delete(id: number): Promise<void>
  /**
   * Inserts new customers, and gives known ones the values that their row has.
   * @param rows each phone once
   * @returns how many customers are new
   */
  upsert(rows: readonly ImportRow[]): Promise<number>
  /** Brings up to date what the database knows of its customers, where many are new. @returns whether many were */
  refreshStatistics(): Promise<boolean>
  /** Runs an import once for each key; later calls get the first report. */
  importOnce<Report extends object>(key: string, one: KeyedImport<Report>): Promise<Once<Report>>
  /** @throws AppError ATTRIBUTE_EXISTS, TOO_MANY_ATTRIBUTES */
  insertAttribute(attribute: NewAttribute): Promise<AttributeRow>
  /** Declares those that are not declared yet, as far as there is room. @returns types of all that are declared now */
  declareAttributes(attributes: readonly NewAttribute[]): Promise<AttributeTypes>
  /** Removes an attribute and its values. @throws AppError ATTRIBUTE_NOT_FOUND, ATTRIBUTE_IN_USE */
  deleteAttribute(name: string): Promise<void>
}

export interface ContactServices {
  read: ReadContacts
  write: WriteContacts
}

export function openContactServices(db: Kysely<Database>, clock: Clock) {
  return { read: () => openReading(db), write: () => openWriting(db, clock) }
}

const openReading = (db: Kysely<Database>): ReadContacts =>
  Object.freeze({
    get: (id: number) => getCustomer(db, id),
    list: (page: Page, filter: CustomerFilter, country: CountryCode) => listCustomers(db, page, filter, country),
    count: (filter: CustomerFilter, country: CountryCode) => countCustomers(db, filter, country),
    findIds: (request: IdRequest, country: CountryCode) => findIds(db, request, country),
    findIdsByPhone: (phones: readonly string[]) => findIdsByPhone(db, phones),
    listByIds: (ids: readonly number[]) => listByIds(db, ids),
    listAttributes: () => listAttributes(db),
    findAttributes: () => findAttributeTypes(db),
  })

const openWriting = (db: Kysely<Database>, clock: Clock): WriteContacts =>
  Object.freeze({
    insert: (customer: Insertable<Customers>, consent?: NewConsent) =>
      consent ? insertWithConsent(db, customer, consent) : insertCustomer(db, customer),
    update: (id: number, changes: CustomerChanges) => updateCustomer(db, id, changes),
    delete: (id: number) => deleteCustomer(db, id),
    upsert: (rows: readonly ImportRow[]) => upsertCustomers(db, rows),
    refreshStatistics: () => refreshStatistics(db),
    importOnce: <Report extends object>(key: string, one: KeyedImport<Report>) => importOnce({ db, clock }, key, one),
    insertAttribute: (attribute: NewAttribute) => insertAttribute(db, attribute),
    declareAttributes: (attributes: readonly NewAttribute[]) => declareAttributes(db, attributes),
    deleteAttribute: (name: string) => deleteAttribute(db, name, (type) => requireUnused(db, name, type)),
  })

function insertWithConsent(db: Kysely<Database>, customer: Insertable<Customers>, consent: NewConsent) {
  return db.transaction().execute(async (trx: Kysely<Database>) => {
    // Before the customer is added, which takes the same lock beside others: two could not have it alone afterwards.
    await lockConsents(trx)
    const { id } = await insertCustomer(trx, customer)
    await recordConsent(trx, id, consent)
    return getCustomer(trx, id)
  })
}
