import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { BootError } from '../../core/errors.ts'
import { loadPlugins } from '../../core/host/load.ts'
import { definePlugin } from '../../core/host/plugin.ts'
import { readSettings } from '../../core/messaging/settings.ts'
import { plugins as shipped } from '../../plugins/index.ts'
import { emptyFolder, releaseFolders } from '../support/server-process-folder.ts'

const builtIn = [definePlugin({ name: 'stats', needs: {} }), definePlugin({ name: 'worker', needs: {} })]
let folder = ''

const files: Readonly<Record<string, string>> = {
  'hello.ts': `import { definePlugin } from 'campaign-dispatch/plugin'
    export default definePlugin({ name: 'hello', needs: { clock: true } })`,
  'named.ts': `export const plugin = { name: 'named', needs: {} }`,
  'again.ts': `export default { name: 'hello', needs: {} }`,
  'stats.ts': `export default { name: 'stats', needs: {} }`,
  'nothing.ts': `export const answer = 42`,
  'null.ts': `export default null`,
  'half.ts': `export default { name: 'half' }`,
  'spelt.ts': `export default { name: 'My-Plugin', needs: {} }`,
  'newer.ts': `export default { name: 'newer', apiVersion: 2, needs: {} }`,
  'throws.ts': `throw new Error('no luck\\n  today')`,
  'missing.ts': `import 'not-there-at-all'`,
  'wrong.ts': `export default {{`,
  'folder/package.json': `{ "main": "./start.ts" }`,
  'folder/start.ts': `export default { name: 'infolder', needs: {} }`,
  'node_modules/@acme/birthday/package.json': `{ "name": "@acme/birthday", "exports": "./it.ts" }`,
  'node_modules/@acme/birthday/it.ts': `export default { name: 'birthday', needs: {} }`,
  'node_modules/plain/package.json': `{ "name": "plain", "main": "it.js", "type": "module" }`,
  'node_modules/plain/it.js': `export default { name: 'plain', needs: {} }`,
}

beforeAll(async () => {
  folder = await emptyFolder()
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true })
    await writeFile(path.join(folder, file), text)
  }
})
afterAll(releaseFolders)

const load = (text: string | undefined, list = builtIn as Parameters<typeof loadPlugins>[0]) =>
  loadPlugins(list, text, { folder, entry: () => import('../../core/plugin.ts') })

async function refusal(text: string): Promise<string[]> {
  const error = await load(text).catch((error) => error)
  expect(error).toBeInstanceOf(BootError)
  return error.message.split('\n')
}

describe('loadPlugins()', () => {
  test.each([
    ['nothing', undefined, []],
    ['a blank value', ' ', []],
    ['names of built-in plugins only', 'stats,worker', []],
    ['a misspelt name, which the settings refuse', 'stat', []],
    ['a path', 'all,./hello.ts', ['hello']],
    ['a path with spaces around it', 'stats, ./hello.ts ', ['hello']],
    ['a path without its ending', './hello', ['hello']],
    ['a folder', './folder', ['infolder']],
    ['a named export', './named.ts', ['named']],
    ['a package of an organisation', '@acme/birthday', ['birthday']],
    ['a package', 'plain', ['plain']],
    ['several, one of them twice', './named.ts,plain,./named.ts', ['named', 'plain']],
  ] as const)('loads %s', async (_, text, names) => {
    const loaded = await load(text)
    expect(loaded.map(({ name }) => name)).toEqual(['stats', 'worker', ...names])
  })

  test('an absolute path', async () => {
    expect((await load(path.join(folder, 'hello.ts'))).map(({ name }) => name)).toContain('hello')
  })

  test.each([
    ['no file', './nope.ts', 'PLUGINS names "./nope.ts", which does not exist: paths begin at '],
    ['no package', '@acme/nope', 'PLUGINS names "@acme/nope", which is not installed in '],
    [
      'no plugin in it',
      './nothing.ts',
      'PLUGINS names "./nothing.ts", which exports no plugin: expected export default',
    ],
    ['null in it', './null.ts', 'PLUGINS names "./null.ts", which exports no plugin'],
    ['half a plugin', './half.ts', 'PLUGINS names "./half.ts", which exports no plugin'],
    ['a name that is not allowed', './spelt.ts', 'PLUGINS names "./spelt.ts", which is called "My-Plugin": a plugin’s'],
    ['another version', './newer.ts', 'PLUGINS names "./newer.ts", which is written for version 2 of the plugin API'],
    ['one that throws', './throws.ts', 'PLUGINS names "./throws.ts", which cannot be loaded: no luck today'],
    ['an import that is missing', './missing.ts', 'PLUGINS names "./missing.ts", which cannot be loaded: Cannot find'],
    ['a fault in its text', './wrong.ts', 'PLUGINS names "./wrong.ts", which cannot be loaded: '],
    [
      'the name of a built-in one',
      './stats.ts',
      'PLUGINS names "./stats.ts", which is called "stats", as is a plugin that',
    ],
    [
      'two of one name',
      './hello.ts,./again.ts',
      'PLUGINS names "./again.ts", which is called "hello", as is "./hello.ts"',
    ],
  ])('refuses %s in one line', async (_, text, line) => {
    expect(await refusal(text)).toEqual([
      expect.stringMatching(new RegExp(`^${RegExp.escape(line.replace('’', "'"))}`)),
    ])
  })

  test('refuses all that is wrong at once', async () => {
    expect(await refusal('./nope.ts,./hello.ts,./null.ts')).toHaveLength(2)
  })

  test('the settings enable what PLUGINS names, in the words that it uses', async () => {
    const plugins = await load('all,./hello.ts,plain', shipped)
    const env = { PLUGINS: 'health, ./hello.ts ,plain', GRANTS: 'hello=clock' }
    expect(readSettings(env, plugins).enabled).toEqual(['health', 'hello', 'plain', 'mock'])
    const all = readSettings({ PLUGINS: 'all,./hello.ts', GRANTS: 'hello=clock' }, plugins).enabled
    expect(all).toEqual([...shipped.map(({ name }) => name), 'hello'])
    expect(() => readSettings({ PLUGINS: './hello.ts,./hello.ts', GRANTS: 'hello=clock' }, plugins)).toThrow(
      'each once',
    )
  })

  test('a near name of a setting that a plugin from outside brings is told', async () => {
    const loaded = [...builtIn, { ...definePlugin({ name: 'hello', needs: {} }), from: './hello.ts' }]
    expect(readSettings({ PLUGIN: 'all' }, loaded).warnings).toEqual([expect.stringContaining('did you mean PLUGINS?')])
  })
})
