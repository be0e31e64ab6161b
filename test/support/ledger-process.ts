/** The judge of what was really sent: a provider in its own process, with an append-only ledger. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Accept, type Behaviour, type Entry, normalBehaviour, type Request } from './ledger-entry.ts'

const program = fileURLToPath(new URL('./ledger-program.ts', import.meta.url))

export interface Counts {
  readonly requests: number
  readonly deliveries: number
}

export interface Ledger {
  /** For HTTP_SENDER_URL. */
  readonly url: string
  /** So far. */
  count(): Promise<Counts>
  behave(changes: Partial<Behaviour>): Promise<void>
  /** Begins the ledger anew; the behaviour stays. No request may be under way. */
  forget(): Promise<void>
  requests(): Promise<Request[]>
  accepts(): Promise<Accept[]>
}

const open = new Set<{ child: ChildProcess; folder: string }>()

export async function startLedger(behaviour: Partial<Behaviour> = {}): Promise<Ledger> {
  const folder = await mkdtemp(path.join(tmpdir(), 'campaign-dispatch-ledger-'))
  const file = path.join(folder, 'ledger.jsonl')
  const child = spawn(process.execPath, ['--no-env-file', program, file], { stdio: ['pipe', 'pipe', 'inherit'] })
  open.add({ child, folder })
  const [line] = await child.stdout.take(1).toArray()
  const base = `http://127.0.0.1:${Number(line)}`
  const read = async () => {
    const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean)
    return lines.map((text) => JSON.parse(text) as Entry)
  }
  let now: Behaviour = normalBehaviour
  const behave = async (changes: Partial<Behaviour>) => {
    now = { ...now, ...changes }
    await fetch(`${base}/behaviour`, { method: 'PUT', body: JSON.stringify(now) })
  }
  await behave(behaviour)
  return {
    url: `${base}/messages`,
    behave,
    forget: async () => void (await fetch(`${base}/forget`, { method: 'PUT' })),
    count: async () => (await fetch(`${base}/count`)).json() as Promise<Counts>,
    requests: async () => (await read()).filter((entry) => entry.what === 'request'),
    accepts: async () => (await read()).filter((entry) => entry.what === 'accept'),
  }
}

/** Ends every ledger; call it after each test. */
export async function releaseLedgers(): Promise<void> {
  for (const { child, folder } of open) {
    const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
    child.kill('SIGKILL')
    await gone
    await rm(folder, { recursive: true, force: true })
  }
  open.clear()
}
