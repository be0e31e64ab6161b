/** The recipient invariant, checked against a recount of every message. */
import { expect } from 'bun:test'
import type { Kysely } from 'kysely'
import type { Database } from '../../core/messaging/schema.ts'
import { findBreaches } from '../../scripts/chaos/invariant.ts'

export async function expectInvariant(db: Kysely<Database>): Promise<void> {
  expect(await findBreaches(db)).toEqual([])
}
