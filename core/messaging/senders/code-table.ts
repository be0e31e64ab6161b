/** Meanings of a provider's codes, and the outcomes that they stand for. */
import type { Outcome } from './outcome.ts'

/**
 * - accepted: it was taken, now or by an earlier call under the same key.
 * - rejected: this message, for good.
 * - bad_number: nothing reaches this phone on this channel.
 * - opted_out: the person does not want to be written to.
 * - later: this message may succeed after a while; a try is spent.
 * - tomorrow: as `later`, a day from now at the earliest.
 * - throttled: the sender is to slow down; no try is spent.
 * - throttled_recipient: this recipient is to be left alone for a while; no try is spent.
 * - stop_sender: credentials, balance, policy: nothing can be sent until somebody mends it; no try is spent.
 * - stop_content: text, template or sender id: everybody's message would be refused.
 * - unknown: it may have been sent.
 */
export const meaningNames = [
  'accepted',
  'rejected',
  'bad_number',
  'opted_out',
  'later',
  'tomorrow',
  'throttled',
  'throttled_recipient',
  'stop_sender',
  'stop_content',
  'unknown',
] as const
export type Meaning = (typeof meaningNames)[number]

export type CodeTable = ReadonlyMap<string, Meaning>

/** @returns the table of a provider's codes, from lists by meaning; `200-299` stands for a range */
export function codeTable(lists: Partial<Readonly<Record<Meaning, readonly (string | number)[]>>>): CodeTable {
  const table = new Map<string, Meaning>()
  for (const meaning of meaningNames)
    for (const entry of lists[meaning] ?? [])
      for (const code of codesOf(String(entry))) {
        if (table.has(code)) throw new Error(`Code ${code} has two meanings: ${table.get(code)} and ${meaning}`)
        table.set(code, meaning)
      }
  return table
}

function codesOf(entry: string): string[] {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(entry) ?? []
  if (first === undefined) return [entry]
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, nth) => String(Number(first) + nth))
}

/** Milliseconds that a sender or a recipient is left alone where the provider names no time. */
const DEFAULT_PAUSE_MS = { throttled: 1000, throttled_recipient: 60_000 } as const
const DAY_MS = 24 * 3_600_000

export interface CodeDetails {
  /** The pause that the provider asks for, in milliseconds. */
  readonly retryAfterMs?: number | undefined
  /** Id of an earlier call, for a code that means `accepted`. */
  readonly id?: string | undefined
  /** Meaning of a code that is in no table. Default: `rejected`. */
  readonly fallback?: Meaning | undefined
}

/** @param code the provider's */
export type OutcomeOf = (code: string | number, details?: CodeDetails) => Outcome

/** @param overrides meanings that the operator has set, before those of the table */
export function openOutcomes(table: CodeTable = new Map(), overrides: CodeTable = new Map()): OutcomeOf {
  return (code, { fallback = 'rejected', ...details } = {}) => {
    const providerCode = String(code)
    return outcomeOf(overrides.get(providerCode) ?? table.get(providerCode) ?? fallback, providerCode, details)
  }
}

function outcomeOf(meaning: Meaning, providerCode: string, { retryAfterMs, id }: CodeDetails): Outcome {
  const rejected = { kind: 'rejected', permanent: true, providerCode } as const
  switch (meaning) {
    case 'accepted':
      return id === undefined ? { kind: 'unknown', code: 'sender.error', providerCode } : { kind: 'accepted', id }
    case 'rejected':
      return { ...rejected, code: 'provider.rejected' }
    case 'bad_number':
      return { ...rejected, code: 'number.invalid', about: 'number' }
    case 'opted_out':
      return { ...rejected, code: 'recipient.opted_out', about: 'opt_out' }
    case 'stop_content':
      return { ...rejected, code: 'content.refused', about: 'content' }
    case 'later':
      return { ...rejected, permanent: false, code: 'provider.unavailable', ...(retryAfterMs && { retryAfterMs }) }
    case 'tomorrow':
      return { ...rejected, permanent: false, code: 'recipient.limited', retryAfterMs: retryAfterMs ?? DAY_MS }
    case 'throttled':
      return { kind: 'throttled', of: 'sender', retryAfterMs: retryAfterMs ?? DEFAULT_PAUSE_MS.throttled, providerCode }
    case 'throttled_recipient':
      return {
        kind: 'throttled',
        of: 'recipient',
        retryAfterMs: retryAfterMs ?? DEFAULT_PAUSE_MS.throttled_recipient,
        providerCode,
      }
    case 'stop_sender':
      return { kind: 'unusable', code: 'provider.account', providerCode }
    case 'unknown':
      return { kind: 'unknown', code: 'sender.error', providerCode }
  }
}

/**
 * Meanings that an operator sets: `30007=later,63024=rejected`.
 * @returns the table, or the entry that cannot be read
 */
export function readCodes(text: string): CodeTable | { readonly problem: string } {
  const table = new Map<string, Meaning>()
  for (const entry of text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)) {
    const [, code, name] = /^([^=\s]+)\s*=\s*(\w+)$/.exec(entry) ?? []
    const meaning = meaningNames.find((one) => one === name)
    if (code === undefined || meaning === undefined) return { problem: entry }
    table.set(code, meaning)
  }
  return table
}
