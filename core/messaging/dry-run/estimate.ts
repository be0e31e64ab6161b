/**
 * Figures of all recipients from those of a sample, divided by country: the share of each country is known exactly, and what
 * its part of the sample shows counts for all of it. Countries of which nobody was sampled count as all others together.
 * Those whom the caps hold are counted as if they were a country of their own. Where the sample holds everybody, the figures are
 * exact. Pure.
 */
import type { MessageCode } from '../senders/codes.ts'
import { type Transliteration, transliterations } from '../text/transliterate.ts'
import type { Counts } from './groups.ts'
import { openTally, type Tally } from './tally.ts'

export interface Parts {
  readonly least: number
  /** For each message. */
  readonly mean: number
  readonly most: number
  readonly total: number
  /** Share of the messages, from 0 to 1. */
  readonly ucs2_share: number
  /** The most frequent first. */
  readonly ucs2_characters: readonly string[]
  /** Transliterations that would save parts, each with a message that it changes. */
  readonly offers: readonly Offer[]
}

export interface Offer {
  readonly transliteration: Transliteration
  /** Parts of all messages. */
  readonly saves: number
  readonly before: string
  readonly after: string
}

/** Messages to one country. */
export interface CountryMessages {
  readonly country: string | null
  readonly messages: number
  readonly parts: number
}

export interface Sample {
  readonly size: number
  /** Recipients. */
  readonly of: number
  /** Half of the interval in which a share of the recipients lies 95 times in 100: 0.01 for 1 %. 0: everything is exact. */
  readonly error: number
}

export interface Estimate {
  readonly messages: number
  readonly skips: readonly { readonly code: MessageCode; readonly recipients: number }[]
  readonly deferred: number
  /** The first time at which one of them is due, of those that were looked at; null: none is known. */
  readonly deferred_until: Date | null
  readonly missing_values: readonly { readonly field: string; readonly recipients: number }[]
  /** By the language of the text; null: the default. None where there is only the default. */
  readonly by_language: readonly { readonly language: string | null; readonly recipients: number }[]
  /** Null where there are no messages. */
  readonly parts: Parts | null
  /** Most messages first. */
  readonly countries: readonly CountryMessages[]
  readonly sample: Sample
}

type Tallies = ReadonlyMap<string | null, Tally>

export interface Population extends Pick<Counts, 'byCountry'> {
  /** Recipients without those whom the caps hold. */
  readonly free: number
}

/** Recipients whom the caps hold, and the sample of them. */
export interface Capped {
  readonly count: number
  readonly tally: Tally
}

const MOST_CHARACTERS = 20

export function estimate({ free, byCountry }: Population, tallies: Tallies, capped: Capped): Estimate {
  const recipients = free + capped.count
  const weighted = [...weigh({ free, byCountry }, tallies), ...weighCapped(capped)]
  const sum = (figure: (tally: Tally) => number) =>
    weighted.reduce((total, { tally, weight }) => total + weight * figure(tally), 0)
  const skips = inOrder(sumMaps(weighted, ({ skips }) => skips)).map(([code, count]) => ({ code, recipients: count }))
  const missing = inOrder(sumMaps(weighted, ({ lacking }) => lacking))
  const deferred = Math.round(sum((tally) => tally.deferred))
  const messages = skips.reduce((left, skip) => left - skip.recipients, recipients - deferred)
  const until = Math.min(...weighted.map(({ tally }) => tally.deferredUntil))
  const size = [capped.tally, ...tallies.values()].reduce((total, tally) => total + tally.size, 0)
  const all = { messages: sum((tally) => tally.messages), parts: sum((tally) => tally.parts) }
  const countries = [...byCountry].map(([country, count]) => {
    const tally = tallies.get(country)
    const share = tally && tally.size > 0 ? count / tally.size : undefined
    const figureOf = (own: number | undefined, total: number) =>
      Math.round(share === undefined ? (total * count) / free : share * (own ?? 0))
    return {
      country,
      messages: figureOf(tally?.messages, all.messages),
      parts: figureOf(tally?.parts, all.parts),
    }
  })
  return {
    messages,
    skips,
    deferred,
    deferred_until: Number.isFinite(until) ? new Date(until) : null,
    missing_values: missing.map(([field, count]) => ({ field, recipients: count })),
    by_language: inOrder(sumMaps(weighted, ({ languages }) => languages)).map(([language, count]) => ({
      language,
      recipients: count,
    })),
    parts: all.messages === 0 ? null : partsOf(weighted, all, countries),
    countries: countries.filter((one) => one.messages > 0).sort((a, b) => b.messages - a.messages),
    sample: { size, of: recipients, error: errorOf(size, recipients) },
  }
}

interface Weighted {
  readonly tally: Tally
  /** Recipients that one of the sample stands for. */
  readonly weight: number
}

function weigh({ free, byCountry }: Population, tallies: Tallies): Weighted[] {
  const sampled = [...tallies].filter(([, { size }]) => size > 0)
  const covered = sampled.reduce((sum, [country]) => sum + (byCountry.get(country) ?? 0), 0)
  if (covered === 0) return []
  return sampled.map(([country, tally]) => ({
    tally,
    weight: ((byCountry.get(country) ?? 0) / tally.size) * (free / covered),
  }))
}

/** Capped recipients as those of the sample; where none was sampled, no other reason is known. */
function weighCapped({ count, tally }: Capped): Weighted[] {
  if (count === 0) return []
  const known = tally.size > 0 ? tally : { ...openTally(), size: 1, skips: new Map([['capped', 1] as const]) }
  return [{ tally: known, weight: count / known.size }]
}

function sumMaps<K>(weighted: readonly Weighted[], mapOf: (tally: Tally) => ReadonlyMap<K, number>): Map<K, number> {
  const sums = new Map<K, number>()
  for (const { tally, weight } of weighted)
    for (const [key, count] of mapOf(tally)) sums.set(key, (sums.get(key) ?? 0) + weight * count)
  return sums
}

/** Rounded, the largest first; figures that are nearly none are left out. */
const inOrder = <K>(sums: ReadonlyMap<K, number>): [K, number][] =>
  [...sums]
    .map(([key, sum]): [K, number] => [key, Math.round(sum)])
    .filter(([, count]) => count > 0)
    .sort(([a, more], [b, less]) => less - more || (String(a) < String(b) ? -1 : 1))

function partsOf(
  weighted: readonly Weighted[],
  all: { readonly messages: number; readonly parts: number },
  countries: readonly CountryMessages[],
): Parts {
  const sent = weighted.filter(({ tally }) => tally.messages > 0).map(({ tally }) => tally)
  const ucs2 = weighted.reduce((sum, { tally, weight }) => sum + weight * tally.ucs2, 0)
  return {
    least: Math.min(...sent.map(({ least }) => least)),
    mean: round(all.parts / all.messages),
    most: Math.max(...sent.map(({ most }) => most)),
    total: countries.reduce((sum, { parts }) => sum + parts, 0),
    ucs2_share: round(ucs2 / all.messages),
    ucs2_characters: inOrder(sumMaps(weighted, ({ characters }) => characters))
      .slice(0, MOST_CHARACTERS)
      .map(([character]) => character),
    offers: offersOf(weighted),
  }
}

/** One that saves no more than the one before it, which changes less, is not offered. */
function offersOf(weighted: readonly Weighted[]): Offer[] {
  const offers: Offer[] = []
  for (const transliteration of transliterations) {
    const found = weighted.flatMap(({ tally, weight }) => {
      const saving = tally.savings.get(transliteration)
      return saving ? [{ ...saving, saved: saving.saved * weight }] : []
    })
    const saves = Math.round(found.reduce((sum, { saved }) => sum + saved, 0))
    const [first] = found
    if (first && saves > (offers.at(-1)?.saves ?? 0))
      offers.push({ transliteration, saves, before: first.before, after: first.after })
  }
  return offers
}

const round = (figure: number) => Math.round(figure * 10_000) / 10_000

/** Error of a share of one half, which is the least certain; smaller where most recipients were sampled. */
function errorOf(size: number, recipients: number): number {
  if (size >= recipients) return 0
  if (size === 0) return 1
  const deviation = Math.sqrt((0.25 / size) * ((recipients - size) / (recipients - 1)))
  return Math.ceil(1.96 * deviation * 10_000) / 10_000
}
