import { describe, expect, test } from 'bun:test'
import { checkCircles } from '../../scripts/check/circles.ts'

type Files = Readonly<Record<string, string>>
const check = (files: Files) =>
  checkCircles(new Map(Object.entries(files))).map(({ path, line, message }) => `${path}:${line} ${message}`)

describe('checkCircles()', () => {
  const refused: [name: string, files: Files, findings: string[]][] = [
    [
      'two files',
      { 'core/a.ts': "import { b } from './b.ts'", 'core/b.ts': "import { a } from './a.ts'" },
      ['core/b.ts:1 imports go in a circle: core/a.ts -> core/b.ts -> core/a.ts'],
    ],
    [
      'a type that a plugin’s file takes from the file that imports it',
      {
        'plugins/a/plugin.ts': "import { openLoop } from './loop.ts'",
        'plugins/a/loop.ts': "/** A loop. */\nimport { t } from 'elysia'\nimport type { Grant } from './plugin.ts'",
      },
      ['plugins/a/plugin.ts:1 imports go in a circle: plugins/a/loop.ts -> plugins/a/plugin.ts -> plugins/a/loop.ts'],
    ],
    [
      'three files over two folders, and one that only leads to them',
      {
        'core/a.ts': "import { b } from './db/b.ts'",
        'core/db/b.ts': "export { c } from '../c.ts'",
        'core/c.ts': "const b = await import('./db/b.ts')",
      },
      ['core/c.ts:1 imports go in a circle: core/db/b.ts -> core/c.ts -> core/db/b.ts'],
    ],
    [
      'a file that imports itself',
      { 'tui/a.tsx': "import type { A } from './a.tsx'" },
      ['tui/a.tsx:1 imports go in a circle: tui/a.tsx -> tui/a.tsx'],
    ],
    [
      'two circles through one file',
      {
        'core/a.ts': "import { b } from './b.ts'\nimport { c } from './c.ts'",
        'core/b.ts': "import { a } from './a.ts'",
        'core/c.ts': "import { a } from './a.ts'",
      },
      [
        'core/b.ts:1 imports go in a circle: core/a.ts -> core/b.ts -> core/a.ts',
        'core/c.ts:1 imports go in a circle: core/a.ts -> core/c.ts -> core/a.ts',
      ],
    ],
  ]
  test.each(refused)('refuses %s', (_, files, findings) => {
    expect(check(files)).toEqual(findings)
  })

  const accepted: [name: string, files: Files][] = [
    [
      'a file that two others import, one of which imports the other',
      {
        'core/a.ts': "import { b } from './b.ts'\nimport { c } from './c.ts'",
        'core/b.ts': "import { c } from './c.ts'",
        'core/c.ts': "import { sql } from 'kysely'",
      },
    ],
    ['a file that is not there', { 'core/a.ts': "import about from '../package.json'" }],
    ['a name in a comment', { 'core/a.ts': "import './b.ts'", 'core/b.ts': "// import './a.ts'" }],
    ['a circle of tests', { 'test/a.ts': "import './b.ts'", 'test/b.ts': "import './a.ts'" }],
  ]
  test.each(accepted)('accepts %s', (_, files) => {
    expect(check(files)).toEqual([])
  })
})
