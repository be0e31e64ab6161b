/** Reading of a rule in progress: what was counted, and the problems so far. Pure. */
import type { ErrorDetail } from '../../errors.ts'
import { nearest } from '../../text/nearest.ts'
import type { AttributeTypes } from '../contacts/attributes.ts'
import { MAX_CHARACTERS, MAX_CONDITIONS } from './rule.ts'

/** Problems that are listed. */
export const MAX_PROBLEMS = 20
/** Longest part shown of an unknown name, which may be a megabyte long. */
const MAX_NAME = 64
const MAX_ID = 2_147_483_647

/** Reading in progress. */
export interface Reading {
  readonly attributes: AttributeTypes
  readonly problems: ErrorDetail[]
  conditions: number
  characters: number
}

/** A JSON object in a rule, and its place. */
export interface Place {
  readonly value: Readonly<Record<string, unknown>>
  readonly path: string
}

/** Adds a problem. @returns undefined, as does everything that reads a part which is not valid */
export function refuse(reading: Reading, path: string, problem: string): undefined {
  reading.problems.push({ path, message: `${path} ${problem}` })
}

/** The known name that was probably meant. */
export const nearestTo = (name: string, known: readonly string[]) =>
  name.length <= MAX_NAME ? nearest(name, known) : undefined

/** Adds a problem for each key that a form does not have. @returns whether there is none */
export function requireKeys(reading: Reading, { value, path }: Place, known: readonly string[]): boolean {
  const others = Object.keys(value).filter((key) => !known.includes(key))
  for (const key of others.slice(0, MAX_PROBLEMS)) {
    const meant = nearestTo(key, known)
    const name = key.length > MAX_NAME ? `${key.slice(0, MAX_NAME)}...` : key
    refuse(
      reading,
      `${path}.${name}`,
      `is not a known field: ${meant ? `did you mean "${meant}"?` : `use one of ${known.join(', ')}`}`,
    )
  }
  return others.length === 0
}

/** Counts a condition, and the characters of its values. @returns false where that is more than a rule may hold */
export function count(reading: Reading, path: string, ...values: readonly unknown[]): boolean {
  reading.conditions++
  for (const value of values.flat()) reading.characters += typeof value === 'string' ? value.length : 1
  if (reading.conditions > MAX_CONDITIONS)
    refuse(reading, path, `is one condition too many: a rule may hold ${MAX_CONDITIONS}`)
  else if (reading.characters > MAX_CHARACTERS)
    refuse(reading, path, `makes the values of the rule longer than ${MAX_CHARACTERS} characters`)
  else return true
  return false
}

export function readId(reading: Reading, value: unknown, path: string, what: string): number | undefined {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_ID) return value
  return refuse(reading, path, `must be the id of a ${what}, a whole number from 1 to ${MAX_ID}`)
}
