import { expect, test } from 'bun:test'
import { commandOf, partNames, readOptions, UsageError, usage } from '../../scripts/bench/options.ts'
import { planOf } from '../../scripts/bench/plan.ts'

test('by default a run has all parts, and writes nothing', () => {
  const options = readOptions([])
  expect([...options.parts]).toEqual([...partNames])
  expect(options).toMatchObject({ quick: false, write: false, help: false })
})

test('--only takes parts and groups of them', () => {
  expect([...readOptions(['--only', 'api, speed']).parts].sort()).toEqual(['api', 'floor', 'ours', 'peers'])
  expect([...readOptions(['--only', 'cost']).parts].sort()).toEqual(['idle', 'ours', 'startup'])
})

test.each([
  [['--only', 'growh'], 'there is no part "growh", did you mean "growth"?'],
  [['--only', ''], 'there is no part ""'],
  [['--only', 'api', '--write'], '--write needs a run of all parts'],
  [['--rounds', '0'], '--rounds must be a whole number from 1 to 100, not "0"'],
  [['--recipients', '1e3'], '--recipients must be a whole number from 1 to 1,000,000, not "1e3"'],
  [['--json', ''], '--json needs the name of a file'],
  [['--json'], "'--json <value>' argument missing"],
  [['--fast'], "Unknown option '--fast'"],
  [['now'], "Unexpected argument 'now'"],
])('%p is refused: %s', (args, message) => {
  expect(() => readOptions(args)).toThrow(UsageError)
  expect(() => readOptions(args)).toThrow(message)
})

test('the usage names every part', () => {
  for (const name of partNames) expect(usage).toContain(name)
})

test('a quick run has every part in small', () => {
  const [full, quick] = [planOf({ quick: false }), planOf({ quick: true })]
  expect(Object.keys(quick)).toEqual(Object.keys(full))
  expect(quick.recipients).toBeLessThan(full.recipients)
  expect(quick.growth.sizes.every((size, nth) => size < (full.growth.sizes[nth] ?? 0))).toBe(true)
})

test('--rounds and --recipients change the plan', () => {
  const plan = planOf({ quick: true, rounds: 7, recipients: 123 })
  expect(plan).toMatchObject({ recipients: 123, rounds: 7, peers: { rounds: 7 }, growth: { rounds: 7 } })
})

test.each([
  [['--json', '/somewhere/figures.json'], 'npm run bench'],
  [['--quick', '--write'], 'npm run bench -- --quick --write'],
  [['--only', 'cost', '--rounds', '2'], 'npm run bench -- --only ours,startup,idle --rounds 2'],
])('commandOf(%p) is what repeats the run, without its files', (args, command) =>
  expect(commandOf(readOptions(args))).toBe(command),
)
