/** The README says what is so: its examples are run, its tables compared, and what it names is looked up. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { errors } from '../../core/errors.ts'
import { errorsOf } from '../../core/host/contributed.ts'
import { listPlugins } from '../../core/host/describe.ts'
import { recipientStatuses } from '../../core/messaging/recipients/statuses.ts'
import { describeSettings } from '../../core/messaging/settings.ts'
import { plugins } from '../../plugins/index.ts'
import {
  type Answered,
  exampleSettings,
  findExamples,
  runExamples,
  withoutTimes,
} from '../../scripts/readme/examples.ts'
import { layout } from '../../scripts/readme/layout.ts'
import { braced, marked, pluginTable, settingTable } from '../../scripts/readme/tables.ts'
import { type ServerProcess, startServer } from '../support/server-process.ts'

/** Text of the last group that matched. */
const lastGroup = (match: RegExpMatchArray): string => match.findLast((group) => group !== undefined) ?? ''

const root = fileURLToPath(new URL('../..', import.meta.url))
const readme = await Bun.file(join(root, 'README.md')).text()
const examples = findExamples(readme)
const settings = describeSettings(plugins)

describe('README.md: an example', () => {
  let folder: string
  let server: ServerProcess | undefined
  let answered: Answered[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'campaign-dispatch-readme-'))
    server = await startServer({ ...exampleSettings, DATA_DIR: folder })
    answered = await runExamples(examples, server.url)
  }, 60_000)

  afterAll(async () => {
    await server?.end()
    await rm(folder, { recursive: true, force: true })
  }, 30_000)

  test('is every curl command, and all JSON', () => {
    expect(examples.length).toBe(readme.match(/^curl /gm)?.length ?? 0)
    expect(examples.length).toBe(readme.match(/^```json$/gm)?.length ?? 0)
    expect(examples.length).toBeGreaterThanOrEqual(9)
  })

  // An answer may differ in nothing but the times at which something was made or changed.
  test.each(examples.map((example, nth) => [example.command, nth] as const))('is answered as written: %s', (_, nth) => {
    const { answer, status } = answered[nth] ?? {}
    expect(withoutTimes(layout(answer))).toBe(withoutTimes(examples[nth]?.answer ?? ''))
    const documented = examples[nth]?.status
    if (documented === undefined) expect([200, 201]).toContain(status ?? 0)
    else expect(status).toBe(documented)
  })

  test('may look at every address that the text names', async () => {
    const addresses = [...readme.matchAll(/<http:\/\/localhost:8080([^>]*)>|`(\/[^` ]*)`/g)].map(lastGroup)
    expect(addresses.length).toBeGreaterThan(1)
    for (const address of addresses) {
      const { status } = await fetch(server?.url + address)
      expect({ address, status }).toEqual({ address, status: 200 })
    }
  })
})

describe('README.md: the table of', () => {
  test('plugins is what the code says (`bun run readme` writes it anew)', () => {
    expect(marked(readme, 'plugins')).toBe(pluginTable(plugins))
  })

  test('settings is what the code says (`bun run readme` writes it anew)', () => {
    expect(marked(readme, 'settings')).toBe(settingTable(plugins))
  })
})

describe('README.md names only what there is:', () => {
  const prose = readme.replace(/^```[\s\S]*?^```$/gm, '')
  const spans = [...new Set([...prose.matchAll(/`([^`\n]+)`/g)].map(lastGroup))]
  const missing = (pattern: RegExp, exists: (text: string) => boolean) => {
    const named = spans.filter((text) => pattern.test(text))
    expect(named.length).toBeGreaterThan(0)
    return named.filter((text) => !exists(text))
  }

  test('commands, whose programs are there', async () => {
    const { scripts } = await Bun.file(join(root, 'package.json')).json()
    const named = new Set([...readme.matchAll(/\b(?:npm|bun) (?:run ([\w:-]+)|(start|test)\b)/g)].map(lastGroup))
    expect(named.size).toBeGreaterThan(5)
    for (const name of named) {
      expect(Object.keys(scripts)).toContain(name)
      const program = /(?:core|scripts)\/[\w/-]+\.ts$/.exec(scripts[name])?.[0] ?? 'scripts/bun.mjs'
      expect({ program, there: existsSync(join(root, program)) }).toEqual({ program, there: true })
    }
  })

  test('files and folders', () => {
    const sources = new Bun.Glob('{core,plugins}/**/*.ts').scanSync({ cwd: root })
    const names = new Set([...sources].map((path) => basename(path)))
    // Not in the repository: the user's own settings, and the folder that the first start makes.
    const made = ['.env', settings.find(({ name }) => name === 'DATA_DIR')?.default]
    const exists = (path: string) =>
      made.includes(path) || (/^\.|\//.test(path) ? existsSync(join(root, path)) : names.has(path))
    expect(missing(/^(?!\/)[\w./-]*(\/|\.(ts|md|mjs|json))$|^\.[\w./-]+$/, exists)).toEqual([])
  })

  test('settings, and codes of errors', () => {
    const known = new Set([
      ...settings.map(({ name }) => name),
      ...[...Object.values(errors), ...errorsOf(plugins)].map(({ code }) => code),
    ])
    expect(missing(/^[A-Z][A-Z0-9_]{2,}(=\S+)?$/, (text) => known.has(text.split('=')[0] ?? ''))).toEqual([])
  })

  test('routes', () => {
    const routes = listPlugins(plugins).flatMap((plugin) => plugin.routes)
    const known = new Set(routes.map(({ method, path }) => `${method} ${braced(path)}`))
    const exists = (text: string) => {
      const [path = '', ...methods] = text.split(' ').reverse()
      return methods.every((method) => known.has(`${method} ${path}`))
    }
    expect(missing(/^(?:[A-Z]+ )+\/\S*$/, exists)).toEqual([])
  })

  test('what becomes of a recipient, in full', () => {
    const table = /\n\| status \| meaning \|\n\|[-|]+\|\n((?:\|.*\n)+)/.exec(readme)?.[1] ?? ''
    expect([...table.matchAll(/^\| `(\w+)` \|/gm)].map(lastGroup)).toEqual([...recipientStatuses])
  })
})
