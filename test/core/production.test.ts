/** Elysia's production mode, which is read when it is imported. */
import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const entries = [...new Bun.Glob('{core,plugins,tui,scripts}/**/*.ts').scanSync(root)].filter((path) =>
  /^import \{.*\bstart \} from '.*\/start\.ts'$/m.test(readFileSync(root + path, 'utf8')),
)

test('every file that starts the server imports production mode before anything else', () => {
  expect(entries.toSorted()).toEqual(['core/main.ts', 'scripts/demo.ts'])
  for (const path of entries)
    expect([path, /^import .*$/m.exec(readFileSync(root + path, 'utf8'))?.[0]]).toEqual([
      path,
      expect.stringMatching(/^import '.*\/production\.ts'$/),
    ])
})

test('Elysia is in it, whatever NODE_ENV says', () => {
  const program = `
    await import('./core/config/production.ts')
    const { ValidationError, t } = await import('elysia')
    console.log(new ValidationError('body', t.Object({ a: t.String() }), { b: 1 }).message)`
  for (const NODE_ENV of ['', 'development', 'test']) {
    const { stdout } = Bun.spawnSync([process.execPath, '--no-env-file', '-e', program], {
      cwd: root,
      env: { PATH: process.env.PATH ?? '', NODE_ENV },
    })
    expect(JSON.parse(stdout.toString())).toEqual({ type: 'validation', on: 'body', found: { b: 1 } })
  }
})
