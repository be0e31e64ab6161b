/**
 * One process at a time in a data folder. The lock is SQLite's own on a file there: the kernel lets go of it when the
 * process ends, however it ends, so nothing is ever left locked.
 */
import { Database as Sqlite } from 'bun:sqlite'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { BootError } from '../errors.ts'
import { makePrivateFolder } from './private-folder.ts'

/**
 * @returns lets go of the folder
 * @throws BootError when the folder cannot be written, or another process has it
 */
export function lockFolder(folder: string): () => void {
  makeFolder(folder)
  const owner = path.join(folder, 'owner.pid')
  const lock = openLock(path.join(folder, 'owner.lock'), () => ownerOf(owner), folder)
  writable(folder, () => writeFileSync(owner, `${process.pid}\n`))
  return () => {
    rmSync(owner, { force: true })
    lock.close()
  }
}

function makeFolder(folder: string): void {
  writable(folder, () => {
    makePrivateFolder(folder)
    const probe = path.join(folder, '.writable')
    writeFileSync(probe, '')
    rmSync(probe)
  })
}

function writable<T>(folder: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw unwritable(folder, error)
  }
}

function unwritable(folder: string, error: unknown): BootError {
  const { code, message } = error as NodeJS.ErrnoException
  return new BootError(
    `Cannot write to DATA_DIR "${folder}" (${code ?? message}): choose a folder that this user may write`,
  )
}

function openLock(file: string, owner: () => string, folder: string): Sqlite {
  const lock = writable(folder, () => new Sqlite(file, { create: true }))
  try {
    lock.run('pragma busy_timeout = 0')
    lock.run('begin exclusive')
    return lock
  } catch (error) {
    lock.close()
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw unwritable(folder, error)
    throw new BootError(
      `Cannot open DATA_DIR "${folder}": PGlite is in use by process ${owner()}. Stop it, or choose another DATA_DIR, or set DATABASE_URL to share one Postgres`,
    )
  }
}

function ownerOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    // The owner writes its number just after it has the lock.
    return '(starting)'
  }
}
