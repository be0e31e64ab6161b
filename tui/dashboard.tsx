/** Opens the dashboard in this terminal, and leaves the terminal as it was. */
import chalk from 'chalk'
import { render } from 'ink'
import { App } from './app.tsx'
import { openEffects } from './effects/effects.ts'
import type { LogLine } from './state/log.ts'
import { reduce } from './state/reduce.ts'
import { initialState } from './state/state.ts'
import { createStore } from './store.ts'

/** Redraws a second, at most. */
const MAX_FPS = 10

export interface DashboardOptions {
  /** Address of the API, without a slash at the end. */
  readonly url: string
  readonly key: string | undefined
  /** Use no colours. */
  readonly plain?: boolean
  /** The server runs in this process, and its log is fed to `log`. */
  readonly local?: boolean
}

export interface Dashboard {
  /** Lines for the log screen. */
  log(lines: readonly LogLine[]): void
  /** Closes it; may be called again. */
  close(): void
  /** Resolves when it was quit or closed, and the terminal is as it was. */
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
    // It is known already that this is a terminal; a CI variable says nothing about it.
    interactive: true,
    patchConsole: false,
  })

  effects.start(store)
  const closed = app.waitUntilExit().then(() => effects.stop())
  return { log: (lines) => store.dispatch({ type: 'log.add', lines }), close: quit, closed }
}
