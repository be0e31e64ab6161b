import { describe, expect, test } from 'bun:test'
import { checkImports } from '../../scripts/check/imports.ts'
import { checkLines } from '../../scripts/check/lines.ts'

const messages = (findings: readonly { message: string }[]) => findings.map((finding) => finding.message)

describe('checkImports()', () => {
  const refused: [path: string, text: string, message: string][] = [
    ['core/a.ts', "import { a } from '../plugins/index.ts'", 'core may not import plugins ("plugins/index.ts")'],
    ['core/db/a.ts', "import type { A } from '../../tui/api.ts'", 'core may not import tui ("tui/api.ts")'],
    ['core/a.ts', "import '../test/preload.ts'", 'core may not import test ("test/preload.ts")'],
    ['core/a.ts', "const a = await import('../scripts/a.ts')", 'core may not import scripts ("scripts/a.ts")'],
    ['core/main.ts', "import a from '../plugins/a/plugin.ts'", 'core may not import plugins ("plugins/a/plugin.ts")'],
    [
      'tui/a.tsx',
      "import { a } from '../plugins/index.ts'",
      'tui may import only types from plugins: write `import type`',
    ],
    [
      'tui/b/a.tsx',
      "export { a } from '../../plugins/index.ts'",
      'tui may import only types from plugins: write `import type`',
    ],
    [
      'tui/a.tsx',
      "import type { A } from '../core/messaging/schema.ts'",
      'tui may not import core ("core/messaging/schema.ts")',
    ],
    [
      'core/db/a.ts',
      "import { a } from '../messaging/schema.ts'",
      '"core/db" may not import the domain ("core/messaging/schema.ts")',
    ],
    [
      'core/host/a.ts',
      "import type { Lease } from '../messaging/chunk/claim.ts'",
      '"core/host" may not import the domain ("core/messaging/chunk/claim.ts")',
    ],
    [
      'core/clock.ts',
      "export { a } from './messaging/health.ts'",
      '"core" may not import the domain ("core/messaging/health.ts")',
    ],
    ['core/main.ts', "import { App } from '../tui/app.tsx'", 'core may not import tui ("tui/app.tsx")'],
    ['plugins/a/store.ts', "import type { B } from '../b/store.ts'", 'plugin "a" may not import plugin "b"'],
    ['plugins/a/store.ts', "import { all } from '../index.ts'", 'plugin "a" may not import "plugins/index.ts"'],
    ['plugins/a/store.ts', "import {\n  b,\n} from '../b/store.ts'", 'plugin "a" may not import plugin "b"'],
    [
      'plugins/a/store.ts',
      "import { openLeases } from '../../core/messaging/chunk/claim.ts'",
      'plugin "a" may not know "core/messaging/chunk/claim.ts"',
    ],
    [
      'plugins/a/b/store.ts',
      "import type { Lease } from '../../../core/messaging/chunk/claim.ts'",
      'plugin "a" may not know "core/messaging/chunk/claim.ts"',
    ],
    [
      'plugins/a/store.ts',
      "import { openServices } from '../../core/messaging/services.ts'",
      'plugin "a" may not know "core/messaging/services.ts"',
    ],
    [
      'plugins/a/store.ts',
      "import { openPostgres } from '../../core/db/open.ts'",
      'plugin "a" may not know "core/db/open.ts"',
    ],
    [
      'plugins/a/routes.ts',
      "export { guard } from '../../core/host/permit.ts'",
      'plugin "a" may not know "core/host/permit.ts"',
    ],
    [
      'plugins/a/web/b/c.ts',
      "import { a } from '../../store.ts'",
      'code for a browser may not import "plugins/a/store.ts"',
    ],
    [
      'plugins/a/web/b.tsx',
      "import { a } from '../../../core/errors.ts'",
      'code for a browser may not import "core/errors.ts"',
    ],
    [
      'core/messaging/contacts/csv/a.ts',
      "import { a } from '../../../errors.ts'",
      'code for a browser may not import "core/errors.ts"',
    ],
    [
      'migrations/1.ts',
      "import { a } from '../core/messaging/schema.ts'",
      'migrations may not import core ("core/messaging/schema.ts")',
    ],
  ]
  test.each(refused)('refuses in %s: %s', (path, text, message) => {
    expect(messages(checkImports(path, text))).toEqual([message])
  })

  const accepted: [path: string, text: string][] = [
    ['core/main.ts', "import { plugins } from '../plugins/index.ts'"],
    ['core/main.ts', "const { openLocalLog } = await import('../tui/local.ts')"],
    ['tui/main.ts', "import { readDashboardSettings } from '../core/config/config.ts'"],
    ['plugins/console/web/api/types.ts', "import type { Api } from '../../../index.ts'"],
    ['core/start.ts', "import { openStore } from './messaging/store.ts'"],
    ['core/messaging/store.ts', "import { openPostgres } from '../db/open.ts'\nimport { a } from './chunk/claim.ts'"],
    ['core/a.ts', "import { b } from './queue/b.ts'\nimport { readFile } from 'node:fs/promises'"],
    ['plugins/index.ts', "import { a } from './a/plugin.ts'\nexport { b } from './b/plugin.ts'"],
    ['plugins/a/routes.ts', "import { store } from './store.ts'\nimport { AppError } from '../../core/errors.ts'"],
    ['plugins/a/store.ts', "import type { Lease } from '../../core/messaging/chunk/work.ts'"],
    ['plugins/a/grant.ts', "import type { Grant } from '../../core/host/plugin.ts'"],
    ['plugins/a/b/read.ts', "import { openCsv } from '../../../core/messaging/contacts/csv/reader.ts'"],
    ['plugins/index.ts', "import type { Server } from '../core/host/compose.ts'"],
    [
      'plugins/a/web/b/c.ts',
      "import { a } from '../a.ts'\nimport { compileTemplate } from '../../../../core/messaging/text/template.ts'",
    ],
    [
      'core/messaging/contacts/csv/a.ts',
      "import { b } from './b.ts'\nimport { parsePhone } from '../../text/phone.ts'",
    ],
    ['tui/a.ts', "import { isFinal } from '../core/messaging/campaign/status.ts'"],
    ['plugins/a/web/b.ts', "import { explainCode } from '../../../core/messaging/senders/codes.ts'"],
    ['tui/api.ts', "import type { App } from '../plugins/index.ts'\nimport { live } from './live.ts'"],
    ['migrations/1.ts', "import { sql } from 'kysely'"],
    ['test/a.test.ts', "import { a } from '../plugins/a/store.ts'"],
    ['core/a.ts', "import about from '../package.json'"],
    ['core/a.ts', "export const path = '../plugins/index.ts'"],
    ['core/a.ts', "// import { a } from '../plugins/index.ts'"],
  ]
  test.each(accepted)('accepts in %s: %s', (path, text) => {
    expect(checkImports(path, text)).toEqual([])
  })

  test('names the line of the import', () => {
    const text = "/** a */\nimport a from 'a'\n\nimport { b } from '../tui/b.ts'\n"
    expect(checkImports('core/a.ts', text)).toEqual([
      { path: 'core/a.ts', line: 4, message: 'core may not import tui ("tui/b.ts")' },
    ])
  })
})

describe('checkLines()', () => {
  test.each(['process.env.PORT', 'Bun.env.PORT', 'import.meta.env.PORT'])(
    'refuses %s outside core/config/config.ts',
    (text) => {
      const message = 'the environment is read in core/config/config.ts only'
      expect(checkLines('plugins/a/plugin.ts', `\nconst port = ${text}\n`)).toEqual([
        { path: 'plugins/a/plugin.ts', line: 2, message },
      ])
      for (const path of ['core/config/config.ts', 'scripts/demo.ts', 'test/core/config.test.ts']) {
        expect(checkLines(path, text)).toEqual([])
      }
    },
  )

  test.each(['test.only', 'describe.skip', 'it.todo', 'test.concurrent.only'])('refuses %s() in a test', (name) => {
    expect(checkLines('test/a.test.ts', `  ${name}('a', () => {})`)).toHaveLength(1)
    expect(checkLines('core/a.ts', `${name}(`)).toEqual([])
  })

  test.each(['dangerouslySetInnerHTML={{}}', 'a.innerHTML = b', 'document.write(a)', 'eval(a)', 'localStorage.a'])(
    'refuses %s in code for a browser',
    (text) => {
      expect(checkLines('plugins/console/web/a.tsx', text)).toHaveLength(1)
      expect(checkLines('test/a.test.ts', text)).toEqual([])
    },
  )

  test('takes the environment in quotes for a name', () => {
    expect(checkLines('plugins/a/b.ts', `define: { 'process.env.NODE_ENV': '"production"' }`)).toEqual([])
  })

  test('accepts a condition that leaves a test out', () => {
    expect(checkLines('test/a.test.ts', 'describe.skipIf(windows)("a", () => {})')).toEqual([])
  })

  for (const [comment, line] of [
    ['/** What workers report. */', 1],
    ['/**\n * Whether it holds. */', 1],
    ['/** How fast it is. */', 1],
    ["import a from 'a'\n\n/** What a is. */", 3],
    ['interface A {\n  /** Of the campaign. */', 2],
    ['a()\n\n  // Whoever waits gives up.', 3],
    ['a()\n// Else it waits.\nb()', 2],
  ] as const)
    test(`refuses a comment that asks instead of naming: ${JSON.stringify(comment)}`, () => {
      const message = 'a comment begins with a noun or a verb'
      expect(checkLines('core/a.ts', comment)).toEqual([{ path: 'core/a.ts', line, message }])
    })

  for (const comment of [
    '/** Howling wolves. */',
    '/** Names\n * What stands in a later line. */',
    '// A comment of two lines says\n// what it means. Of course.\n// Of these the second is none.',
    "const text = 'a' // What stands behind code",
  ])
    test(`accepts a comment that names its subject: ${JSON.stringify(comment)}`, () => {
      expect(checkLines('core/a.ts', comment)).toEqual([])
    })

  test('refuses a file of more than 300 lines', () => {
    expect(checkLines('core/a.ts', 'a\n'.repeat(300))).toEqual([])
    expect(messages(checkLines('core/a.ts', 'a\n'.repeat(301)))).toEqual(['301 lines are two ideas: split the file'])
  })
})
