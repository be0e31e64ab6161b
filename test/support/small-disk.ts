/** A disk of some megabytes that a test may fill. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

export interface SmallDisk {
  readonly folder: string
  /** Leaves no byte. */
  fill(): void
  free(): void
  dispose(): void
}

const mount = (...args: string[]) => execFileSync('mount', args, { stdio: 'ignore' })

/**
 * The user of PostgreSQL owns it.
 * @returns undefined where this machine lets nobody mount one
 */
export function mountSmallDisk(megabytes: number): SmallDisk | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  const folder = mkdtempSync(path.join(tmpdir(), 'campaign-dispatch-disk-'))
  const filling = path.join(folder, 'filling')
  try {
    mount('-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0777`, 'tmpfs', folder)
    execFileSync('chown', ['postgres', folder])
  } catch {
    rmSync(folder, { recursive: true })
    return undefined
  }
  return {
    folder,
    fill: () => {
      try {
        writeFileSync(filling, Buffer.alloc(megabytes * 2 ** 20))
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'ENOSPC') throw error
      }
    },
    free: () => rmSync(filling),
    dispose: () => {
      execFileSync('umount', [folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
