/**
 * Places within the caps, reserved before messages start. A place names its message, so that a message has one however often it is
 * asked for; whether it still counts is told by the message itself (`counts_for_caps`), and nobody gives places back.
 */
import type { Kysely } from 'kysely'
import { openBatcher } from '../../batcher.ts'
import { isPassing } from '../../db/retry.ts'
import { prepareSql, readSqlFile } from '../../db/sql-file.ts'
import type { Channel } from '../channel.ts'
import type { Database } from '../schema.ts'
import type { Caps } from './caps.ts'

/** Messages of one campaign, to a phone each. */
export interface Asked {
  readonly caps: Caps
  readonly channel: Channel
  readonly ids: readonly string[]
  readonly phones: readonly string[]
  /** Ids, of these, of messages that may have been sent already: they are not refused what they have. */
  readonly doubtful?: readonly string[]
}

/**
 * Answers the ids of those that must not start. The others may, for twice the lease's seconds from the call on. Idempotent.
 */
export type Reserve = (asked: Asked) => Promise<ReadonlySet<string>>

interface Values extends Caps {
  readonly phones: readonly string[]
  readonly messages: readonly string[]
  readonly doubtful: readonly string[]
  readonly channel: Channel
  readonly within: number
}

type Run = (values: Values) => Promise<{ message: string }[]>

const source = readSqlFile(new URL('./reserve.sql', import.meta.url))

/** Two chunks in a statement; and a chunk by itself while another statement is in flight. */
const LIMITS = { concurrency: 2, size: 1000 }
const MIN_BATCH = 384

/** Prepares reserving; chunks that ask at one time share a statement. */
export function openReserve(db: Kysely<Pick<Database, 'cap_reservations'>>, leaseSeconds: number): Reserve {
  const runs = new Map<string, Run>()
  const runFor = (caps: Caps): Run => {
    const glance = glanceOf(caps)
    const run = runs.get(glance) ?? prepareSql(db, source.replace('true /* at a glance */', glance))
    runs.set(glance, run)
    return run
  }
  const within = 2 * leaseSeconds
  return openBatcher<Asked, ReadonlySet<string>>({
    run: async (all) => {
      const refused = new Set<string>()
      for (const { caps, channel, ids, phones, doubtful = [] } of roundsOf(all))
        for (const { message } of await runFor(caps)({ ...caps, channel, messages: ids, phones, doubtful, within }))
          refused.add(message)
      return all.map(() => refused)
    },
    sizeOf: ({ ids }) => ids.length,
    isPassing,
    limits: LIMITS,
    minBatch: MIN_BATCH,
  })
}

/**
 * False for a phone whose starts leave room within each cap, whatever became of the messages: nearly everybody's. A function
 * that counts takes longer than all the rest.
 */
const glanceOf = ({ cap_messages, cap_seconds }: Caps): string =>
  cap_messages
    .map((messages, at) => {
      const start = `r.starts[cardinality(r.starts) - ${Number(messages) - 1}]`
      return `coalesce(${start} > (select now() - make_interval(secs => ${Number(cap_seconds[at])})), false)`
    })
    .join(' or ')

interface Round extends Omit<Asked, 'ids' | 'phones' | 'doubtful'> {
  readonly ids: string[]
  readonly phones: string[]
  /** Ids of all rounds. */
  readonly doubtful: readonly string[]
  readonly taken: Set<string>
}

/** A statement changes a row only once: several messages to one phone, of several campaigns, are asked for one after another. */
function roundsOf(all: readonly Asked[]): readonly Asked[] {
  if (all.length === 1) return all
  const rounds: Round[] = []
  const doubtful = all.flatMap((one) => one.doubtful ?? [])
  for (const { caps, channel, ids, phones } of all) {
    const alike = rounds.filter((one) => one.caps === caps && one.channel === channel)
    for (const [at, phone] of phones.entries()) {
      let round = alike.find(({ taken }) => !taken.has(phone))
      if (!round) {
        round = { caps, channel, ids: [], phones: [], doubtful, taken: new Set() }
        rounds.push(round)
        alike.push(round)
      }
      round.taken.add(phone)
      round.phones.push(phone)
      round.ids.push(ids[at] ?? '')
    }
  }
  return rounds
}
