/** References to the races and the audit's rules: each number that code or a test names must stand in RACES.md. */
import { type Finding, lineAt } from './finding.ts'

export interface Races {
  readonly races: ReadonlySet<number>
  /** Such as `A5`. */
  readonly rules: ReadonlySet<string>
}

/** @param text of core/messaging/RACES.md, whose tables begin each row with the number or the rule */
export function readRaces(text: string): Races {
  const firstCells = [...text.matchAll(/^\| (\w+) \|/gm)].map(([, cell = '']) => cell)
  return {
    races: new Set(firstCells.filter((cell) => /^\d+$/.test(cell)).map(Number)),
    rules: new Set(firstCells.filter((cell) => /^A\d+$/.test(cell))),
  }
}

/** `race 9`, `races 3, 4 and 21 to 25`, also where the line of a comment ends in between. */
const gap = String.raw`(?:\s|\n\s*(?:\*|//))+`
const reference = new RegExp(String.raw`\braces?${gap}(\d+(?:(?:,|${gap}(?:and|to)\b)(?:${gap})\d+)*)(?![\w.])`, 'gi')

const auditFile = /^scripts\/chaos|^test\/scripts\/chaos|^test\/support\/ledger/

/** @param path from the project's folder, with slashes */
export function checkReferences(path: string, text: string, { races, rules }: Races): Finding[] {
  const findings: Finding[] = []
  const refuse = (index: number, what: string) =>
    findings.push({ path, line: lineAt(text, index), message: `${what} is not in core/messaging/RACES.md` })
  for (const { 1: list = '', index } of text.matchAll(reference))
    for (const race of numbersOf(list)) if (!races.has(race)) refuse(index, `race ${race}`)
  if (!auditFile.test(path)) return findings
  for (const { 0: rule, index } of text.matchAll(/\bA\d+\b/g)) if (!rules.has(rule)) refuse(index, `audit rule ${rule}`)
  return findings
}

/** `21 to 25` stands for all of them. */
function numbersOf(list: string): number[] {
  const [first = 0, ...rest] = [...list.matchAll(/\d+/g)].map(([digits]) => Number(digits))
  const words = [...list.matchAll(/,|and|to/g)].map(([word]) => word)
  const numbers = [first]
  for (const [at, last] of rest.entries()) {
    const from = words[at] === 'to' ? (numbers.at(-1) ?? last) + 1 : last
    for (let number = from; number <= last; number++) numbers.push(number)
  }
  return numbers
}
