/** Data folders for processes of the embedded database: migrated and empty, removed however the tests end. */
import { execFile } from 'node:child_process'
import { cp, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Kysely } from 'kysely'
import { lockFolder } from '../../core/db/lock.ts'
import { openPGlite } from '../../core/db/open.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { engageUndertaker, type Undertaker } from './undertaker.ts'

const migrate = fileURLToPath(new URL('../../scripts/migrate.ts', import.meta.url))

const undertakers = new Set<Undertaker>()

/** A new, empty folder, and nothing in it. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'campaign-dispatch-test-'))
  undertakers.add(engageUndertaker(folder))
  return folder
}

/** Removes the folders; call it when the processes that use them have ended. */
export async function releaseFolders(): Promise<void> {
  const engaged = [...undertakers]
  undertakers.clear()
  await Promise.all(engaged.map((one) => one.bury()))
}

let template: Promise<string> | undefined

/** Making a database takes seconds, copying one a fraction of one. In a process of its own: it takes a lot of memory. */
async function makeTemplate(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'campaign-dispatch-test-'))
  // Stays until this process ends: other test files copy it too.
  engageUndertaker(folder)
  const { DATABASE_URL: _, ...env } = process.env
  await promisify(execFile)(process.execPath, ['--no-env-file', migrate], { env: { ...env, DATA_DIR: folder } })
  return folder
}

/** A folder with a migrated, empty database; processes may run on it one after the other. */
export async function freshFolder(): Promise<string> {
  template ??= makeTemplate()
  const folder = await emptyFolder()
  await cp(await template, folder, { recursive: true })
  return folder
}

/** Opens the database of a folder that no process uses, and closes it again. Mends nothing: a lease that was left stays. */
export async function inFolder<T>(folder: string, work: (db: Kysely<Database>) => Promise<T>): Promise<T> {
  const unlock = lockFolder(folder)
  const database = await openPGlite(path.join(folder, 'pglite'))
  try {
    return await work(database.db)
  } finally {
    await database.close()
    unlock()
  }
}
