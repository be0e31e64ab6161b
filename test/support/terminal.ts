/** A program in a pseudo-terminal, with a screen that is read as a person sees it. */
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type IBufferCell, Terminal } from '@xterm/headless'
import { until } from './server-process-wait.ts'

export interface Cell {
  readonly text: string
  /** Cells that it takes. */
  readonly width: number
  /** 0 to 15 of the terminal's palette; undefined for its own colour. */
  readonly color: number | undefined
  readonly bold: boolean
  readonly dim: boolean
  readonly inverse: boolean
}

export interface Screen {
  readonly pid: number
  /** The lines as they stand on the screen, without the spaces at their ends. */
  lines(): string[]
  text(): string
  cells(): Cell[][]
  /** The screen that full-screen programs draw on, with the former one kept behind it. */
  alternate(): boolean
  /** All bytes that the program wrote. */
  written(): string
  press(keys: string): void
  resize(columns: number, rows: number): Promise<void>
  /** Waits until the screen shows it. @returns what `look` returns */
  sees<T>(
    what: string,
    look: (text: string) => T | Promise<T>,
    boundMs?: number,
  ): Promise<Exclude<T, false | undefined>>
  readonly exited: Promise<number>
  kill(signal?: NodeJS.Signals): void
  close(): void
}

export interface TerminalOptions {
  readonly columns?: number
  readonly rows?: number
  readonly env?: Readonly<Record<string, string>>
}

export const keys = {
  enter: '\r',
  esc: '\x1b',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  tab: '\t',
} as const

const open = new Set<Screen>()

/** Kills whatever the tests have left running. */
export function releaseTerminals(): void {
  for (const screen of open) screen.close()
}

/** Variables that the program gets from the environment of the tests. */
const passedOn = () =>
  Object.fromEntries(
    ['PATH', 'HOME', 'TMPDIR', 'CAMPAIGN_DISPATCH_TEST_RUN'].flatMap((name) =>
      process.env[name] ? [[name, process.env[name]]] : [],
    ),
  )

function readLines({ buffer: { active }, rows }: Terminal): string[] {
  return Array.from({ length: rows }, (_, y) => active.getLine(active.viewportY + y)?.translateToString(true) ?? '')
}

/** @param args of Bun: a program of the project and its own arguments */
export function openTerminal(
  args: readonly string[],
  { columns = 80, rows = 24, env = {} }: TerminalOptions = {},
): Screen {
  const emulator = new Terminal({ cols: columns, rows, allowProposedApi: true })
  const decoder = new TextDecoder()
  let written = ''
  let settled = Promise.resolve()
  const child = Bun.spawn([process.execPath, '--no-env-file', ...args], {
    cwd: tmpdir(),
    env: { ...passedOn(), TERM: 'xterm-256color', ...env },
    terminal: {
      cols: columns,
      rows,
      data: (_, bytes) => {
        const text = decoder.decode(bytes, { stream: true })
        written += text
        settled = new Promise((resolve) => emulator.write(text, resolve))
      },
    },
  })
  const { terminal } = child
  // The emulator answers the program's queries, as a real terminal does.
  emulator.onData((answer) => void terminal?.write(answer))
  const lines = () => readLines(emulator)
  const screen: Screen = {
    pid: child.pid,
    lines,
    text: () => lines().join('\n'),
    cells: () => readCells(emulator),
    alternate: () => emulator.buffer.active.type === 'alternate',
    written: () => written,
    press: (typed) => void terminal?.write(typed),
    resize: async (cols, height) => {
      await settled
      emulator.resize(cols, height)
      terminal?.resize(cols, height)
    },
    sees: async (what, look, boundMs) => {
      try {
        return await until(what, () => look(lines().join('\n')), boundMs)
      } catch (error) {
        throw new Error(`${(error as Error).message}; the screen shows:\n${lines().join('\n')}`)
      }
    },
    exited: child.exited.then(async (code) => {
      await Bun.sleep(20)
      await settled
      return code
    }),
    kill: (signal = 'SIGTERM') => child.kill(signal),
    close: () => {
      child.kill('SIGKILL')
      terminal?.close()
      open.delete(screen)
    },
  }
  open.add(screen)
  return screen
}

/** A file of the project by its path in it. */
export const inProject = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

function readCells(emulator: Terminal): Cell[][] {
  const { active } = emulator.buffer
  return Array.from({ length: emulator.rows }, (_, y) => {
    const line = active.getLine(active.viewportY + y)
    const cells: Cell[] = []
    for (let x = 0; x < emulator.cols; x++) {
      const cell = line?.getCell(x)
      if (cell && cell.getWidth() > 0) cells.push(viewCell(cell))
    }
    return cells
  })
}

function viewCell(cell: IBufferCell): Cell {
  return {
    text: cell.getChars() || ' ',
    width: cell.getWidth(),
    color: cell.isFgPalette() ? cell.getFgColor() : undefined,
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    inverse: cell.isInverse() !== 0,
  }
}
