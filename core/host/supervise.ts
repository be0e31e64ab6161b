/**
 * Runs background loops. Each loop is started again, after a pause that grows, when it crashes or returns too early.
 * Stopping is soft first (`stop` aborts and the loops finish the work in flight), then hard (`kill`, at the deadline).
 */
import { type Clock, within } from '../clock.ts'
import type { Log } from '../log/log.ts'
import type { Loop, LoopState } from './plugin.ts'

export interface NamedLoop {
  readonly plugin: string
  readonly loop: string
  readonly run: Loop
}

export interface SupervisorOptions {
  readonly clock: Clock
  readonly log: Log
  /** Milliseconds between `stop` and `kill`. */
  readonly drainMs: number
  /** Milliseconds that a loop has after `kill` before it is given up. */
  readonly graceMs?: number
}

export interface Supervisor {
  states(): readonly LoopState[]
  /** Starts every loop; nothing if they run. Waits for a stop that is under way. */
  start(): Promise<void>
  /** Resolves once every loop has ended, with the names of those that had to be given up. May be called twice. */
  stop(): Promise<readonly string[]>
}

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 30_000
const EARLY = 'it returned before it was asked to stop'

interface Run {
  readonly stop: AbortController
  readonly kill: AbortController
  readonly ended: Promise<unknown>
  stopping?: Promise<readonly string[]>
}

export function supervise(loops: readonly NamedLoop[], options: SupervisorOptions): Supervisor {
  const { clock } = options
  const kept = loops.map((loop) => keep(loop, options))
  let run: Run | undefined

  function begin(): Run {
    const running = kept.find(({ alive }) => alive())
    if (running) throw new Error(`Cannot start: loop "${running.title}" was given up, but still runs`)
    const [stop, kill] = [new AbortController(), new AbortController()]
    return { stop, kill, ended: Promise.all(kept.map(({ live }) => live(stop.signal, kill.signal))) }
  }

  async function finish({ stop, kill, ended }: Run): Promise<readonly string[]> {
    stop.abort()
    if (
      !(await within(
        options.drainMs,
        ended.then(() => true),
        clock,
      ))
    ) {
      kill.abort()
      await within(options.graceMs ?? 1000, ended, clock)
    }
    const hung = kept.filter(({ alive }) => alive()).map(({ title }) => title)
    if (hung.length > 0) options.log.error({ loops: hung }, 'Loops did not end when they were asked to')
    run = undefined
    return hung
  }

  return {
    states: () => kept.map(({ state }) => state()),
    start: async () => {
      // Two callers may wait for the same stop: whoever comes second finds the loops started.
      while (run?.stopping) await run.stopping
      run ??= begin()
    },
    stop: async () => {
      if (!run) return []
      run.stopping ??= finish(run)
      return run.stopping
    },
  }
}

/** Equal jitter: at least half of the full pause, so that a loop that crashes at once never spins. */
function pauseMs(crashes: number, clock: Clock): number {
  const full = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (crashes - 1))
  return full * (0.5 + clock.random() / 2)
}

/** Message for /health: an error with a code comes from the database or the system, and its text may quote data. */
function tellable(reason: unknown): string {
  const { code } = reason as { code?: unknown }
  if (typeof code === 'string') return code
  return reason instanceof Error ? reason.message : String(reason)
}

/** One loop that is kept alive. `live` ends only after `stop`. */
function keep({ plugin, loop, run }: NamedLoop, { clock, log }: SupervisorOptions) {
  const title = `${plugin}.${loop}`
  let alive = false
  let state: LoopState = { plugin, loop, state: 'stopped', restarts: 0, last_error: null, since: clock.now() }
  const become = (changes: Partial<LoopState>) => {
    state = { ...state, ...changes, since: clock.now() }
  }

  /** The failure that ended the loop; undefined if it was asked to end. */
  async function once(stop: AbortSignal, kill: AbortSignal): Promise<unknown> {
    try {
      await run(stop, kill)
      return stop.aborted ? undefined : new Error(EARLY)
    } catch (error) {
      return error ?? new Error('it threw nothing')
    }
  }

  async function live(stop: AbortSignal, kill: AbortSignal): Promise<void> {
    alive = true
    for (let crashes = 0; !stop.aborted; ) {
      become({ state: 'running', restarts: state.restarts + (crashes > 0 ? 1 : 0) })
      const began = clock.elapsed()
      const reason = await once(stop, kill)
      if (reason !== undefined) {
        become({ last_error: tellable(reason) })
        const next = stop.aborted ? 'while the process stops' : 'it will be restarted'
        log.error({ err: reason, plugin, loop }, `Loop ${title} ended on its own: ${next}`)
      }
      if (stop.aborted) break
      // A loop that ran for a good while is not the one that crashed again and again.
      crashes = clock.elapsed() - began >= LONGEST_PAUSE_MS ? 1 : crashes + 1
      become({ state: 'backing_off' })
      await clock.sleep(pauseMs(crashes, clock), stop)
    }
    alive = false
    become({ state: 'stopped' })
  }

  return { title, live, alive: () => alive, state: () => state }
}
