/** Databases for tests of dispatch: empty before each test, and held against the recipient invariant after it. */
import { afterEach, beforeEach } from 'bun:test'
import type { Kysely } from 'kysely'
import type { Database } from '../../core/messaging/schema.ts'
import { type DatabaseKind, eachDatabase, emptyTables, type TestDatabase } from './databases.ts'
import { expectLaw } from './law.ts'

/** Empties all tables before each test of the file or `describe` that calls it, and checks the invariant after each. */
export function expectLawAfterEach(db: () => Kysely<Database>): void {
  beforeEach(() => emptyTables(db()))
  afterEach(() => expectLaw(db()))
}

/** As `eachDatabase`, with empty tables and the invariant for every test in `body`. */
export function eachDispatch(
  body: (db: () => Kysely<Database>, database: () => TestDatabase, kind: DatabaseKind) => void,
): void {
  eachDatabase((database, kind) => {
    const db = () => database().db
    expectLawAfterEach(db)
    body(db, database, kind)
  })
}
