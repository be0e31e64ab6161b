/**
 * Modes of the data folder. It holds people's phone numbers, so nobody but its owner may look into it: folders 0700, files
 * 0600, whatever umask the process was started with.
 */
import { chmodSync, lstatSync, mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'

const GROUP_AND_OTHERS = 0o077
const OWNER_ONLY = 0o700

/** Name of the log that the server with a dashboard writes into DATA_DIR. */
export const LOG_FILE = 'campaign-dispatch.log'

/** Everything that this program makes in DATA_DIR. */
const ownEntries: readonly string[] = [
  'pglite',
  'pglite.unfinished',
  'owner.pid',
  'owner.lock',
  'owner.lock-journal',
  LOG_FILE,
]

/** Lets this process make nothing that other users can open. PGlite makes files by the mode it likes: see `openPGlite`. */
export function keepFilesPrivate(): void {
  process.umask(GROUP_AND_OTHERS)
}

/** Makes the folder, and those above it where they are missing. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: OWNER_ONLY })
}

/**
 * Takes the rights of group and others from what this program keeps in `folder`, and from the folder itself where it
 * holds nothing else: a folder that is shared with other programs is not ours to close.
 * @returns what a person must do, when others may still list the folder
 */
export function tightenFolder(folder: string): string | undefined {
  const entries = readdirSync(folder)
  for (const name of entries) if (ownEntries.includes(name)) tighten(path.join(folder, name))
  const { mode } = lstatSync(folder)
  if ((mode & GROUP_AND_OTHERS) === 0) return undefined
  const shared = entries.find((name) => !ownEntries.includes(name))
  if (shared === undefined && close(folder, mode)) return undefined
  return `DATA_DIR "${folder}" can be listed by other users of this machine: choose a folder of its own, or run chmod 700 on it`
}

/** A folder is closed last: one that is closed needs no second look at all that lies in it. */
function tighten(place: string): void {
  const stats = lstatSync(place)
  if (stats.isSymbolicLink() || (stats.mode & GROUP_AND_OTHERS) === 0) return
  if (stats.isDirectory()) for (const name of readdirSync(place)) tighten(path.join(place, name))
  close(place, stats.mode)
}

/** @returns false where it belongs to another user */
function close(place: string, mode: number): boolean {
  try {
    chmodSync(place, mode & OWNER_ONLY)
    return true
  } catch {
    return false
  }
}
