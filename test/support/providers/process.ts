/** Starts and steers fake providers, each in its own process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Behaviour } from './frame-behaviour.ts'
import type { FakeInbound } from './frame-contract.ts'
import { type Counts, type Entry, type EntryOf, readEntries } from './frame-ledger.ts'

export interface FakeProcess {
  /** For `SENDER_<NAME>_URL`. */
  readonly url: string
  behave(changes: Partial<Behaviour>): Promise<void>
  ledger(): Promise<Entry[]>
  entries<What extends Entry['what']>(what: What): Promise<EntryOf<What>[]>
  counts(): Promise<Counts & { readonly waiting: number }>
  /** Resolves when our hook has answered. */
  inbound(inbound: FakeInbound): Promise<void>
  receipts(receipts: readonly { readonly id: string; readonly status: string; readonly code?: string }[]): Promise<void>
  replay(count?: number): Promise<void>
}

const open = new Set<{ child: ChildProcess; folder: string }>()

/** @param kind name of the file in this folder */
export async function startFake(kind: string, behaviour: Partial<Behaviour> = {}, port = 0): Promise<FakeProcess> {
  const folder = await mkdtemp(path.join(tmpdir(), `campaign-dispatch-${kind}-`))
  const file = path.join(folder, 'ledger.jsonl')
  const program = fileURLToPath(new URL(`./${kind}.ts`, import.meta.url))
  const child = spawn(process.execPath, ['--no-env-file', program, file, String(port)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  open.add({ child, folder })
  const [line] = await child.stdout.take(1).toArray()
  if (line === undefined) throw new Error(`Cannot start the fake "${kind}"`)
  const url = `http://127.0.0.1:${Number(line)}`
  const call = async (path: string, body?: unknown, method = 'POST') => {
    const response = await fetch(`${url}${path}`, body === undefined ? {} : { method, body: JSON.stringify(body) })
    return response.text()
  }
  const ledger = async () => readEntries(await readFile(file, 'utf8'))
  const behave = async (changes: Partial<Behaviour>) => void (await call('/_behaviour', changes, 'PUT'))
  await behave(behaviour)
  return {
    url,
    behave,
    ledger,
    entries: async <What extends Entry['what']>(what: What) =>
      (await ledger()).filter((entry): entry is EntryOf<What> => entry.what === what),
    counts: async () => JSON.parse(await call('/_counts')),
    inbound: async (inbound) => void (await call('/_inbound', inbound)),
    receipts: async (receipts) => void (await call('/_receipts', receipts)),
    replay: async (count = 1) => void (await call('/_replay', { count })),
  }
}

/** Ends every fake; call it after each test. */
export async function releaseFakes(): Promise<void> {
  for (const { child, folder } of open) {
    const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
    child.kill('SIGKILL')
    await gone
    await rm(folder, { recursive: true, force: true })
  }
  open.clear()
}
