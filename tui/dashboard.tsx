/** Opens the dashboard in this terminal, and leaves the terminal as it was. */
import chalk from 'chalk'
import { render } from 'ink'
import { App } from './app.tsx'
import { openEffects } from './effects/effects.ts'
import type { LogLine } from './state/log.ts'
import { reduce } from './state/reduce.ts'
import { initialState } from './state/state.ts'
import { createStore } from './store.ts'

/** Largest number of redraws per second. */
const MAX_FPS = 10

export interface DashboardOptions {
  /** Address of the API, without a slash at the end. */
  readonly url: string
  readonly key: string | undefined
  /** True: no colours are used. */
  readonly plain?: boolean
  /** True if the server runs in this process and its log is passed to `log`. */
  readonly local?: boolean
}

export interface Dashboard {
  /** Lines for the log screen. */
  log(lines: readonly LogLine[]): void
  /** Closes the dashboard; may be called again. */
  close(): void
  /** Resolves when the dashboard is closed and the terminal restored. */
  readonly closed: Promise<void>
}

export function openDashboard({ url, key, plain = false, local = false }: DashboardOptions): Dashboard {
  const { columns = 80, rows = 24 } = process.stdout
  if (plain) chalk.level = 0
  const quit = () => app.unmount()
  const effects = openEffects({ url, key, quit })
  const store = createStore(initialState(url, local, columns, rows, Date.now()), reduce, effects.after)
  const app = render(<App store={store} />, {
    alternateScreen: true,
    incrementalRendering: true,
    maxFps: MAX_FPS,
    exitOnCtrlC: false,
    // This is known to be a terminal, whatever a CI variable says.
    interactive: true,
    patchConsole: false,
  })

  effects.start(store)
  const closed = app.waitUntilExit().then(() => effects.stop())
  return { log: (lines) => store.dispatch({ type: 'log.add', lines }), close: quit, closed }
}
