/** The law of recipients, held against a recount of every message. */
import { expect } from 'bun:test'
import type { Kysely } from 'kysely'
import type { Database } from '../../core/messaging/schema.ts'
import { findUnlawful } from '../../scripts/chaos/law.ts'

export async function expectLaw(db: Kysely<Database>): Promise<void> {
  expect(await findUnlawful(db)).toEqual([])
}
