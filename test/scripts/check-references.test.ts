import { describe, expect, test } from 'bun:test'
import { checkReferences, readRaces } from '../../scripts/check/references.ts'

const table = `| # | race | cause |
|---|---|---|
| 1 | a | b |
| 2 | a | race 7 |
| 4 | a | b |

| rule | what must hold |
|---|---|
| A1 | a |
| A11 | a |
`
const known = readRaces(table)

/** A number that was put together, so that the check of this file itself does not find it. */
const race = (numbers: string, word = 'race') => `${word} ${numbers}`

describe('readRaces()', () => {
  test('takes the first cell of each row', () => {
    expect(known).toEqual({ races: new Set([1, 2, 4]), rules: new Set(['A1', 'A11']) })
  })
})

describe('checkReferences()', () => {
  const refused: [text: string, missing: number[]][] = [
    [`// Closed here (${race('3')}).`, [3]],
    [`/** ${race('3', 'Race')}: the state is compared. */`, [3]],
    [`test('${race('12')}: claim() waits', () => {`, [12]],
    [race('1 and 3', 'races'), [3]],
    [race('3, 4, 5 and 6', 'races'), [3, 5, 6]],
    [race('1, 2, 3 to 6', 'Races'), [3, 5, 6]],
    [`// ${race('9')} and race 10 at once`.replace('race 10', race('10')), [9, 10]],
    [`/**\n * is closed by the claim (${race('', 'races')}1,\n * 2 and\n * 5).\n */`, [5]],
    [`// of ${race('', 'race').trim()}\n// 3`, [3]],
  ]
  test.each(refused)('refuses what the table lacks: %s', (text, missing) => {
    const messages = checkReferences('core/a.ts', text, known).map(({ message }) => message)
    expect(messages).toEqual(missing.map((number) => `race ${number} is not in core/messaging/RACES.md`))
  })

  const accepted = [
    race('1'),
    race('1, 2 and 4', 'races'),
    race('1 to 2', 'races'),
    'races are numbered',
    'a race of 9 horses',
    'embraces 9 of them',
    race('9.5 km'),
    race('9th'),
    `const A7 = 1`,
  ]
  test.each(accepted)('accepts %s', (text) => expect(checkReferences('core/a.ts', text, known)).toEqual([]))

  test('names the line where the reference begins', () => {
    const text = `const a = 1\n/**\n * Here (${race('3')}).\n */`
    expect(checkReferences('core/a.ts', text, known).map(({ line }) => line)).toEqual([3])
  })

  test('knows the rules of the audit in the files that check them', () => {
    const text = "breaches('A1', 'a'), breaches('A2', 'b')\n// A11"
    const message = 'audit rule A2 is not in core/messaging/RACES.md'
    for (const path of ['scripts/chaos/invariant.ts', 'test/scripts/chaos.test.ts', 'test/support/ledger-judge.ts'])
      expect(checkReferences(path, text, known)).toEqual([{ path, line: 1, message }])
    expect(checkReferences('test/core/csv-write.test.ts', "['@SUM(A2)']", known)).toEqual([])
  })
})
