/** People of several time zones, and a worker whose sender keeps a ledger, on a database whose clock is turned by hand. */
import { type Kysely, sql } from 'kysely'
import { systemClock } from '../../core/clock.ts'
import { openWorkService } from '../../core/messaging/chunk/work.ts'
import type { Database } from '../../core/messaging/schema.ts'
import type { WorkGrant } from '../../plugins/worker/grant.ts'
import { openWork } from '../../plugins/worker/work.ts'
import { until } from './chunk.ts'
import { range } from './dispatch.ts'
import { inertResources } from './inert.ts'
import { sendersByChannel } from './senders.ts'
import type { TurnedDatabase } from './turned-database.ts'

const config = {
  concurrency: 4,
  window: 64,
  leaseSeconds: 30,
  maxAttempts: 3,
  backoffMs: 1,
  probeSeconds: 5,
  retainContent: false,
  language: 'en',
}

export interface Started {
  readonly phone: string
  readonly at: number
}

/** A worker that works off what is due, as often as it is asked to. */
export function openWorker({ db, now }: TurnedDatabase) {
  const ledger: Started[] = []
  const { log, process } = inertResources().resources
  // A wall clock that is years off, and jumps.
  const clock = { ...systemClock, now: () => Math.random() * 4e12 }
  const senders = sendersByChannel(() => ({
    sendOne: async ({ to, messageId }) => {
      ledger.push({ phone: to, at: now() })
      return { kind: 'accepted', id: `test-${messageId}` }
    },
  }))
  const work = openWorkService(db, undefined, undefined, clock)
  const workOff = async () => {
    const stop = new AbortController()
    let open = 0
    let nothing = false
    const claimed = (some: boolean) => {
      nothing = !some
      if (some) open++
    }
    // Ends when nothing is due while nothing is being worked on.
    const take = async () => {
      if (nothing && open === 0) stop.abort()
      if (nothing) await until(() => open === 0)
      return stop.signal.aborted ? undefined : { claimed, done: () => void open-- }
    }
    const grant = {
      clock,
      log,
      process,
      messaging: { senders, work },
      config,
      consume: { take, takeNow: () => undefined },
    }
    await openWork(grant as unknown as WorkGrant).work?.(stop.signal, new AbortController().signal)
  }
  return { ledger, workOff }
}

export interface Group {
  /** Beginning of the phones, which a number of so many digits completes. */
  readonly phone: string
  readonly digits: number
  readonly zone?: string
}

export const kenya: Group = { phone: '+2547', digits: 8 }
export const groups: readonly Group[] = [
  kenya,
  { phone: '+1212', digits: 7 },
  { phone: '+1415', digits: 7, zone: 'America/Los_Angeles' },
  { phone: '+447', digits: 9 },
  { phone: '+9198', digits: 8 },
  { phone: '+97798', digits: 8 },
  { phone: '+614', digits: 8 },
  { phone: '+2547', digits: 8, zone: 'Pacific/Kiritimati' },
  { phone: '+2547', digits: 8, zone: 'Pacific/Pago_Pago' },
  { phone: '+447', digits: 9, zone: 'Australia/Lord_Howe' },
]

/** Customers of the groups in turn. */
export async function addPeople(db: Kysely<Database>, count: number, of: readonly Group[]): Promise<number[]> {
  await sql`insert into customers (phone, first_name, time_zone)
    select g.phone || lpad((n + 10000000)::text, g.digits, '0'), 'Customer', g.zone
    from generate_series(0, ${count - 1}::int) n
    join unnest(${of.map(({ phone }) => phone)}::text[], ${of.map(({ digits }) => digits)}::int[],
      ${of.map(({ zone }) => zone ?? null)}::text[]) with ordinality g(phone, digits, zone, nth)
      on g.nth = n % ${of.length}::int + 1
    order by n`.execute(db)
  return range(1, count)
}
