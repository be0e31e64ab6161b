/** Rules of segments in words, for people: a tree of lines, or one sentence. Pure; it runs in a browser too. */
import type { Channel } from '../channel.ts'
import { countryName } from '../text/country-name.ts'
import type { Operator } from './read-test.ts'
import type { Outcome } from './rule.ts'

/** Names of the segments and campaigns that a rule names by id; undefined where one is not known. */
export interface RuleNames {
  readonly segment?: (id: number) => string | undefined
  readonly campaign?: (id: number) => string | undefined
}

export interface RuleWords {
  /** `location is “Nairobi”`, or for a group `all of these`. */
  readonly text: string
  /** Sort of a group; undefined for a condition, which has no parts. */
  readonly group?: 'all' | 'any' | 'not all' | 'none'
  readonly parts: readonly RuleWords[]
}

type Json = Readonly<Record<string, unknown>>

/** Values of one list that are written out. */
const MOST_LISTED = 8
/** Characters of one value that are written out. */
const MOST_TEXT = 60

/** @param rule as the API has it; parts that are not known here are shown as they are */
export const ruleWords = (rule: unknown, names: RuleNames = {}): RuleWords => wordsOf(rule, names, false)

/** The words as lines; `depth` counts the groups around each. The parts of a group follow it. */
export function ruleLines(words: RuleWords, depth = 0): { readonly depth: number; readonly text: string }[] {
  const text = words.group ? `${words.text}:` : words.text
  return [{ depth, text }, ...words.parts.flatMap((part) => ruleLines(part, depth + 1))]
}

/** The words in one sentence: `location is “Nairobi” and (has the tag vip or not (...))`. */
export function ruleSentence(words: RuleWords): string {
  if (!words.group) return words.text
  const isAll = words.group === 'all' || words.group === 'not all'
  const inner = words.parts.map((part) => (part.group ? inParentheses(part) : part.text)).join(isAll ? ' and ' : ' or ')
  return words.group === 'all' || words.group === 'any' ? inner : `not (${inner})`
}

const inParentheses = (words: RuleWords) =>
  words.group === 'all' || words.group === 'any' ? `(${ruleSentence(words)})` : ruleSentence(words)

/** Ids of the segments and campaigns that a rule names, each once. */
export function namedIn(rule: unknown): {
  readonly segments: readonly number[]
  readonly campaigns: readonly number[]
} {
  const found = { segments: new Set<number>(), campaigns: new Set<number>() }
  const look = (part: unknown): void => {
    if (!isJson(part)) return
    if (typeof part.segment === 'number') found.segments.add(part.segment)
    if (typeof part.campaign === 'number') found.campaigns.add(part.campaign)
    look(part.not)
    for (const one of [part.all, part.any].flat()) look(one)
  }
  look(rule)
  return { segments: [...found.segments], campaigns: [...found.campaigns] }
}

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

function wordsOf(rule: unknown, names: RuleNames, isNot: boolean): RuleWords {
  if (!isJson(rule)) return { text: asItIs(rule), parts: [] }
  if ('not' in rule) return wordsOf(rule.not, names, !isNot)
  for (const kind of ['all', 'any'] as const) {
    const list = rule[kind]
    if (!Array.isArray(list)) continue
    // A group of one says what its part says.
    if (list.length === 1) return wordsOf(list[0], names, isNot)
    const group = isNot ? opposites[kind] : kind
    return { text: `${group} of these`, group, parts: list.map((one) => wordsOf(one, names, false)) }
  }
  const form = forms.find(([key]) => key in rule)
  const [yes, no] = form?.[1](rule, names) ?? [asItIs(rule), `not: ${asItIs(rule)}`]
  return { text: isNot ? no : yes, parts: [] }
}

const opposites = { all: 'not all', any: 'none' } as const

/** A part that a newer server may know. */
const asItIs = (value: unknown) => cut(JSON.stringify(value) ?? String(value))

/** The condition, and its opposite. */
type Both = readonly [yes: string, no: string]

const forms: readonly (readonly [string, (rule: Json, names: RuleNames) => Both | undefined])[] = [
  ['field', fieldWords],
  ['tag', ({ tag }) => [`has the tag ${valueWords(tag)}`, `does not have the tag ${valueWords(tag)}`]],
  ['segment', ({ segment }, names) => isOrNot(`in ${named('segment', segment, names.segment, 'the segment ')}`)],
  ['campaign', campaignWords],
  ['received_within_days', receivedWords],
  [
    'never_written_to',
    ({ never_written_to }) => inOrder(['was never written to', 'was written to before'], never_written_to !== false),
  ],
]

const isOrNot = (what: string): Both => [`is ${what}`, `is not ${what}`]
const inOrder = ([yes, no]: Both, isAsked: boolean): Both => (isAsked ? [yes, no] : [no, yes])

/** `“Staff”`, or `segment 3` where its name is not known. @param before stands before a name */
function named(kind: string, id: unknown, find: RuleNames['segment'], before = ''): string {
  const name = typeof id === 'number' ? find?.(id) : undefined
  return name === undefined ? `${kind} ${asItIs(id)}` : `${before}“${cut(name)}”`
}

const outcomeWords: ReadonlyMap<unknown, string> = new Map<Outcome, string>([['awaiting', 'awaiting receipt']])

function campaignWords({ campaign, outcome, within_days }: Json, names: RuleNames): Both {
  const results = Array.isArray(outcome)
    ? ` with the result ${either(outcome.map((one) => outcomeWords.get(one) ?? String(one)))}`
    : ''
  const days = typeof within_days === 'number' ? ` ${inDays(within_days)}` : ''
  return isOrNot(`a recipient of ${named('campaign', campaign, names.campaign)}${results}${days}`)
}

const channelWords: ReadonlyMap<unknown, string> = new Map<Channel, string>([
  ['sms', ' by SMS'],
  ['whatsapp', ' by WhatsApp'],
])

function receivedWords({ received_within_days: days, channel }: Json): Both {
  const rest = `${channelWords.get(channel) ?? ''} ${inDays(Number(days))}`
  return [`received a message${rest}`, `received no message${rest}`]
}

const inDays = (days: number) => (days === 0 ? 'today' : `in the last ${days === 1 ? 'day' : `${days} days`}`)

const fieldNames: ReadonlyMap<string, string> = new Map([
  ['prefered_product', 'preferred product'],
  ['created_at', 'date added'],
])

function fieldWords(rule: Json): Both | undefined {
  const operator = (Object.keys(operators) as Operator[]).find((one) => one in rule)
  if (typeof rule.field !== 'string' || operator === undefined) return undefined
  const name = fieldNames.get(rule.field) ?? rule.field.replace(/^attributes\./, '').replaceAll('_', ' ')
  const write = (value: unknown) => (rule.field === 'country' ? countryName(String(value)) : valueWords(value))
  const [yes, no] = operators[operator](rule[operator], write)
  return [`${name} ${yes}`, `${name} ${no}`]
}

type Write = (value: unknown) => string

const operators: Readonly<Record<Operator, (value: unknown, write: Write) => Both>> = {
  is: (value, write) => isOrNot(write(value)),
  is_not: (value, write) => inOrder(isOrNot(write(value)), false),
  in: (value, write) => {
    const values = [value].flat().map(write)
    return values.length === 1
      ? isOrNot(values.join())
      : [`is one of ${listed(values)}`, `is none of ${listed(values)}`]
  },
  contains: (value, write) => [`contains ${write(value)}`, `does not contain ${write(value)}`],
  starts_with: (value, write) => [`starts with ${write(value)}`, `does not start with ${write(value)}`],
  at_least: (value, write) => isOrNot(`at least ${write(value)}`),
  at_most: (value, write) => isOrNot(`at most ${write(value)}`),
  before: (value, write) => isOrNot(`before ${write(value)}`),
  after: (value, write) => isOrNot(`after ${write(value)}`),
  within_days: (value) => daysWords(Number(value)),
  exists: (value) => inOrder(['has a value', 'has no value'], value !== false),
}

function daysWords(days: number): Both {
  if (days === 0) return isOrNot('today')
  const most = Math.abs(days)
  const range = `in the ${days < 0 ? 'next' : 'last'} ${most === 1 ? 'day' : `${most} days`}`
  return [`is today or ${range}`, `is neither today nor ${range}`]
}

/** Numbers, days, times and phone numbers stand by themselves; text is quoted. */
function valueWords(value: unknown): string {
  if (typeof value !== 'string') return asItIs(value)
  if (/^\+?\d+$/.test(value) || /^\d{4}-\d\d-\d\d([Tt ][\d:.]+([Zz]|[+-]\d\d:?\d\d)?)?$/.test(value))
    return value.replace(/[Tt]/, ' ')
  return `“${cut(value)}”`
}

const cut = (text: string) => (text.length <= MOST_TEXT ? text : `${text.slice(0, MOST_TEXT - 1)}…`)

const either = (values: readonly string[]) =>
  values.length < 2 ? values.join() : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`

function listed(values: readonly string[]): string {
  const rest = values.length - MOST_LISTED
  return rest < 2 ? values.join(', ') : `${values.slice(0, MOST_LISTED).join(', ')} and ${rest} more`
}
