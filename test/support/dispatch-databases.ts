/** Databases for tests of dispatch: empty before each test, and held against the recipient invariant after it. */
import { afterEach, beforeEach } from 'bun:test'
import type { Kysely } from 'kysely'
import type { Database } from '../../core/messaging/schema.ts'
import { type DatabaseKind, eachDatabase, emptyTables, type TestDatabase } from './databases.ts'
import { expectInvariant } from './invariant.ts'

/** Empties all tables before each test of the file or `describe` that calls it, and checks the invariant after each. */
export function expectInvariantAfterEach(db: () => Kysely<Database>): void {
  beforeEach(() => emptyTables(db()))
  afterEach(() => expectInvariant(db()))
}

/** As `eachDatabase`, with empty tables and the invariant for every test in `body`. */
export function eachDispatch(
  body: (db: () => Kysely<Database>, database: () => TestDatabase, kind: DatabaseKind) => void,
): void {
  eachDatabase((database, kind) => {
    const db = () => database().db
    expectInvariantAfterEach(db)
    body(db, database, kind)
  })
}
