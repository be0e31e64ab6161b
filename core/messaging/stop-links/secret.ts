/** Key of the stop links, in the database: all processes have the same one, and a copy of the database keeps links valid. */
import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Database } from '../schema.ts'

type Db = Kysely<Pick<Database, 'server_secrets'>>

const NAME = 'stop-links'

/** @returns finds it, or makes it once; asked again only where that failed */
export function openSecret(db: Db): () => Promise<Buffer> {
  let found: Promise<Buffer> | undefined
  return () => {
    found ??= findOrMake(db).catch((error: unknown) => {
      found = undefined
      throw error
    })
    return found
  }
}

async function findOrMake(db: Db): Promise<Buffer> {
  const known = await find(db)
  if (known) return known
  const value = randomBytes(32).toString('base64url')
  await db
    .insertInto('server_secrets')
    .values({ name: NAME, value })
    // Another process was first.
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return (await find(db)) ?? Buffer.from(value, 'base64url')
}

async function find(db: Db): Promise<Buffer | undefined> {
  const row = await db.selectFrom('server_secrets').select('value').where('name', '=', NAME).executeTakeFirst()
  return row && Buffer.from(row.value, 'base64url')
}
