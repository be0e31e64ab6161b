/** Ledger of a fake provider: what it was asked, took and posted, one JSON line each, written before it is answered. */
import { openSync, readFileSync, writeSync } from 'node:fs'
import type { Answer } from './frame-behaviour.ts'

/** Times are milliseconds since the epoch. */
export type Entry =
  /** A call that sends, when it had come whole. `refused`: its form or its credentials are wrong. */
  | { readonly what: 'call'; readonly at: number; readonly messages: number; readonly answer: Answer | 'refused' }
  /** Another request. */
  | {
      readonly what: 'request'
      readonly at: number
      readonly method: string
      readonly path: string
      readonly status: number
    }
  | {
      readonly what: 'accept'
      readonly at: number
      readonly id: string
      readonly reference: string | null
      readonly to: string
      readonly from: string | null
      readonly text: string
      /** A message with this reference was taken before. */
      readonly repeat: boolean
    }
  | {
      readonly what: 'refuse'
      readonly at: number
      readonly reference: string | null
      readonly to: string
      readonly code: string
    }
  /** A post to our hook, once it was answered; `status` 0: it was not. */
  | {
      readonly what: 'post'
      readonly at: number
      readonly url: string
      readonly receipts: readonly { readonly id: string; readonly status: string }[]
      readonly status: number
      readonly attempt: number
    }

export type EntryOf<What extends Entry['what']> = Extract<Entry, { readonly what: What }>

export interface Counts {
  readonly calls: number
  readonly accepts: number
  readonly refusals: number
  /** Posts that were answered with 2xx. */
  readonly posts: number
}

export interface FakeLedger {
  write(entry: Entry): void
  counts(): Counts
  text(): string
}

export function openFakeLedger(file: string): FakeLedger {
  const ledger = openSync(file, 'a')
  const counts = { calls: 0, accepts: 0, refusals: 0, posts: 0 }
  return {
    write: (entry) => {
      writeSync(ledger, `${JSON.stringify(entry)}\n`)
      if (entry.what === 'call') counts.calls++
      if (entry.what === 'accept') counts.accepts++
      if (entry.what === 'refuse') counts.refusals++
      if (entry.what === 'post' && entry.status >= 200 && entry.status < 300) counts.posts++
    },
    counts: () => ({ ...counts }),
    text: () => readFileSync(file, 'utf8'),
  }
}

/** The entries that are whole: the last line may be in the middle of being written. */
export const readEntries = (text: string): Entry[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Entry)
