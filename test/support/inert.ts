/** Stand-ins for what a process opens: a database that only compiles, a queue that is empty, a log that remembers. */
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import { type Clock, systemClock } from '../../core/clock.ts'
import type { Resources } from '../../core/host/resources.ts'
import { type Database, tableNames } from '../../core/messaging/schema.ts'
import { openServices } from '../../core/messaging/services.ts'
import { sendersByChannel } from './senders.ts'

export function compileOnly(): Kysely<Database> {
  return new Kysely({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
}

export interface LogLine {
  readonly level: string
  /** Bindings of the logger: `{ plugin: 'worker' }`. */
  readonly owner: unknown
  readonly args: readonly unknown[]
}

export function openLog(lines: LogLine[], owner: unknown = {}): Resources['log'] {
  const at =
    (level: string) =>
    (...args: unknown[]) =>
      void lines.push({ level, owner, args })
  const child = (bindings: unknown) => openLog(lines, bindings)
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child } as Resources['log']
}

export function inertResources(clock: Clock = systemClock, changes: Partial<Resources> = {}) {
  const lines: LogLine[] = []
  const senders = sendersByChannel((name) => ({
    sendOne: async () => ({ kind: 'accepted', id: name }),
    close: async () => {},
  }))
  const db = compileOnly()
  const resources: Resources = {
    db,
    database: { check: async () => {} },
    queue: {
      name: 'postgres',
      publish: async (chunks) => chunks.map(({ id }) => id),
      take: async () => ({ chunkIds: ['7'], claimed: () => {}, done: () => {} }),
      takeNow: () => undefined,
      check: async () => {},
      inspect: async () => undefined,
      close: async () => {},
    },
    tables: tableNames,
    services: openServices({ db, clock, senders: () => senders }),
    wakeUps: { notify: async () => {}, listen: () => ({ wait: async () => false, close: () => {} }) },
    clock,
    log: openLog(lines),
    process: { id: 'p', host: 'h', pid: 1, startedAt: 0 },
    stopping: new AbortController().signal,
    ...changes,
  }
  return { resources, lines, senders }
}
