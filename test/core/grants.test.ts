import { describe, expect, test } from 'bun:test'
import { checkGrants, grantsOf } from '../../core/host/grants.ts'
import { type AnyPlugin, definePlugin } from '../../core/host/plugin.ts'

const hello = {
  ...definePlugin({
    name: 'hello',
    needs: {
      clock: true,
      tables: ['own'],
      db: { read: ['customers'] },
      net: ['api.example.org', 'http://localhost:8080'],
    },
  }),
  from: './hello.ts',
}
const birthday = { ...definePlugin({ name: 'birthday', needs: { messaging: ['senders'] } }), from: '@acme/birthday' }
const quiet = { ...definePlugin({ name: 'quiet', needs: {} }), from: './quiet.ts' }
const builtIn = definePlugin({ name: 'stats', needs: { clock: true } })
const all = 'clock,tables:own,db.read:customers,net:api.example.org,net:http://localhost:8080'

const problems = (text: string | undefined, ...plugins: AnyPlugin[]) => checkGrants(text, plugins).problems

test('grantsOf() writes each need on one line', () => {
  expect(grantsOf(hello).join(',')).toBe(all)
  expect(grantsOf(birthday)).toEqual(['messaging:senders'])
  expect(grantsOf(quiet)).toEqual([])
})

describe('checkGrants()', () => {
  test.each([
    ['in the order of the needs', `hello=${all}`],
    ['in another order', `hello=${all.split(',').reverse().join(',')}`],
    ['with spaces and a ; at the end', ` hello = ${all.replaceAll(',', ' , ')} ; `],
    ['with one of them twice', `hello=${all},clock`],
  ])('accepts all that is needed %s', (_, text) => expect(problems(text, builtIn, hello)).toEqual([]))

  test('asks nothing of built-in plugins, and of those that need nothing', () => {
    expect(problems(undefined, builtIn, quiet)).toEqual([])
    expect(problems('quiet=', quiet)).toEqual([])
  })

  test.each([
    ['nothing', undefined, `plugin "hello" needs ${all.replaceAll(',', ', ')}; "birthday" needs messaging:senders`],
    ['a blank value', '', `plugin "hello" needs ${all.replaceAll(',', ', ')}; "birthday" needs messaging:senders`],
    ['one plugin', `hello=${all}`, 'plugin "birthday" needs messaging:senders'],
    ['some of it', `birthday=messaging:senders;hello=${all.replace('clock,', '')}`, 'plugin "hello" needs clock'],
  ])('where %s is granted, says in one line what to set', (_, text, lacking) => {
    const set = `hello=${all};birthday=messaging:senders`
    const [line, ...rest] = problems(text, builtIn, hello, birthday)
    expect(rest).toEqual([])
    expect(line).toBe(`Not granted: ${lacking}. If you trust it, set GRANTS="${set}"`)
    expect(problems(set, builtIn, hello, birthday)).toEqual([])
  })

  test('keeps in that line what is granted to plugins of other processes, and drops what is wrong', () => {
    const lines = problems('other=clock;stats=clock;helo=clock', builtIn, hello)
    expect(lines.at(-1)).toEndWith(`set GRANTS="other=clock;hello=${all}"`)
  })

  test.each([
    [
      'a grant that is not needed',
      `hello=${all},publish`,
      `GRANTS gives "hello" the grant "publish", which it does not need: it needs ${all.replaceAll(',', ', ')}`,
    ],
    [
      'a misspelt one',
      `hello=${all},tables:owm`,
      'GRANTS gives "hello" the grant "tables:owm", which it does not need: did you mean "tables:own"?',
    ],
    ['a wildcard', `hello=${all},*`, expect.stringContaining('the grant "*", which it does not need')],
    ['one of a part', `hello=${all},tables`, expect.stringContaining('the grant "tables", which it does not need')],
    [
      'a built-in plugin',
      `hello=${all};stats=clock`,
      'GRANTS names "stats", which is built in and needs no grant: remove it',
    ],
    ['a plugin twice', `hello=${all};hello=clock`, 'GRANTS names the plugin "hello" twice'],
    [
      'another form',
      `hello=${all};clock`,
      'GRANTS contains "clock": expected plugin=grant,grant, and ; between plugins',
    ],
    [
      'a misspelt plugin',
      `hello=${all};helo=clock`,
      'GRANTS names "helo", which is not a running plugin: did you mean "hello"?',
    ],
  ])('refuses %s', (_, text, line) => expect(problems(text, builtIn, hello)).toEqual([line]))

  test('warns of a plugin that runs elsewhere, since processes share their settings', () => {
    expect(checkGrants(`hello=${all};worker2=clock`, [hello])).toEqual({
      problems: [],
      warnings: ['GRANTS names "worker2", which does not run in this process'],
    })
  })
})
