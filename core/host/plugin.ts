/**
 * A plugin: routes or background loops, with the permissions that they need. Nothing is granted that is not named here;
 * the types refuse the rest at compile time, `permit.ts` refuses it again at run time.
 */
import type { Static, TObject } from '@sinclair/typebox'
import type { AnyElysia, Elysia } from 'elysia'
import type { ColumnType, Kysely, SelectType, Transaction, TransactionBuilder } from 'kysely'
import type { Clock } from '../clock.ts'
import type { Tables } from '../db/tables.ts'
import type { ErrorKind } from '../errors.ts'
import type { Log } from '../log/log.ts'
import type { Consumer, Publisher, Queue } from '../queue/queue.ts'
import type { WakeUps } from '../wakeups.ts'
import type { Migrations } from './migrations.ts'
import type { Net } from './net.ts'
import type { Contributions, Services } from './services.ts'

export type Table = keyof Tables

/** Parts of services, by the service's name. */
type ServiceNeeds = { readonly [S in keyof Services]?: readonly (keyof Services[S])[] }

/** The permissions of a plugin. A table under `write` may be read too. */
export interface Needs extends ServiceNeeds {
  readonly db?: { readonly read?: readonly Table[]; readonly write?: readonly Table[] }
  /** Have tables of its own, named `<plugin>_*`, which `migrations` make. */
  readonly tables?: readonly ['own']
  /** Call these hosts: `api.example.org`, `api.example.org:8443`; https only, unless `http://` stands before the host. */
  readonly net?: readonly string[]
  /** Announce chunks to the workers. */
  readonly publish?: true
  /** Take chunks to work on. */
  readonly consume?: true
  readonly clock?: true
  /** Wake other loops and processes, and be woken by them. */
  readonly wakeUps?: true
  /** Ask the database whether it takes writes. */
  readonly database?: true
  /** Ask the queue whether it is in order. */
  readonly queue?: true
  /** See the state of every background loop of this process. */
  readonly loops?: true
  /** Learn that the process stops, so that an answer which never ends by itself does. */
  readonly stopping?: true
  /** Serve a site on a port of its own, and pass its visitors' requests on to this process's API. */
  readonly listen?: true
}

type Named<List, Kind> = List extends readonly (infer Name)[] ? Name & Kind : never
declare const readOnly: unique symbol
type Locked<T> = { [C in keyof T]: ColumnType<SelectType<T[C]>, typeof readOnly, never> }
type GrantedTables<D> = D extends { read?: infer R; write?: infer W }
  ? { [T in Exclude<Named<R, Table>, Named<W, Table>>]: Locked<Tables[T]> } & Pick<Tables, Named<W, Table>>
  : unknown

/** Kysely's types let rows of any table be deleted; this overload, which comes first, answers with a dead end. */
interface Undeletable<R extends string> {
  deleteFrom(table: R | `${R} as ${string}`): { readonly refused: 'this table was granted for reading only' }
}
type ReadOnly<D> = D extends { read?: infer R; write?: infer W } ? Exclude<Named<R, Table>, Named<W, Table>> : never
interface GuardedTransaction<T, R extends string> {
  transaction(): {
    execute<Result>(work: (trx: Undeletable<R> & Transaction<T>) => Promise<Result>): Promise<Result>
  } & TransactionBuilder<T>
}
type GuardedDb<T, R extends string> = Undeletable<R> & GuardedTransaction<T, R> & Kysely<T>
type GrantedDb<D, Own> = GuardedDb<GrantedTables<D> & Own, ReadOnly<D>>

/** The queue without the right to use or to close it. */
export type QueueCheck = Pick<Queue, 'name' | 'check' | 'inspect'>
/** The database as far as its health goes. */
export interface DatabaseCheck {
  /** @throws Outage while writes fail; whatever keeps the database from answering */
  check(): Promise<void>
}
/** Handles by the permission that grants each. */
export interface Handles<N extends Needs, Own = unknown> {
  db: GrantedDb<N['db'], Own>
  net: Net
  publish: Publisher
  consume: Consumer
  clock: Clock
  wakeUps: WakeUps
  database: DatabaseCheck
  queue: QueueCheck
  loops: () => readonly LoopState[]
  stopping: AbortSignal
  listen: true
}

/** One background loop, as /health shows it. */
export interface LoopState {
  readonly plugin: string
  readonly loop: string
  readonly state: 'running' | 'backing_off' | 'stopped'
  readonly restarts: number
  readonly last_error: string | null
  /** Start of this state, in milliseconds since the epoch. */
  readonly since: number
}

/** Identity of this process, for leases and for the `processes` table. */
export interface ProcessInfo {
  readonly id: string
  readonly host: string
  readonly pid: number
  /** Milliseconds since the epoch. */
  readonly startedAt: number
}

/** Grant of a plugin: a handle for each permission that it named, its own settings, its log, its process. */
export type Grant<N extends Needs, C = unknown, Own = unknown> = Readonly<
  Pick<Handles<N, Own>, (keyof N | (N extends { tables: unknown } ? 'db' : never)) & keyof Handles<N, Own>>
> & {
  readonly [S in keyof N & keyof Services]: Readonly<Pick<Services[S], Named<N[S], keyof Services[S]>>>
} & {
  readonly config: C
  readonly log: Log
  readonly process: ProcessInfo
}

export type Fetch = (request: Request) => Response | Promise<Response>

/** A site on a port of its own, at the address that HOST names. */
export interface Site {
  /** Its name in the process's output. */
  readonly title: string
  /** 0 picks a free one. */
  readonly port: number
  /** The setting that names the port. */
  readonly setting: string
  /** Address at which people reach it, if not at its port: behind a reverse proxy. */
  readonly publicUrl?: { readonly setting: string; readonly value: string | undefined }
  /** Called once the process listens and its loops run, and not waited for: work that would delay a first visit. Never rejects. */
  prepare?(): Promise<void>
  /** @param api answers as the API of this process would, keys included */
  fetch(request: Request, api: Fetch): Response | Promise<Response>
}

/** Runs until `stop` aborts, then finishes the work in flight; `kill` aborts when the drain deadline has passed. */
export type Loop = (stop: AbortSignal, kill: AbortSignal) => Promise<void>

export interface Plugin<N extends Needs, C extends TObject, R extends AnyElysia, Own = unknown>
  extends Contributions<Grant<N, Static<C>, Own>> {
  /** Lower case; also the prefix of its settings: `worker` reads `WORKER_*`. */
  readonly name: string
  readonly needs: N
  readonly config?: C
  /** Kinds of refusals that its routes answer with, besides the host's. */
  readonly errors?: Readonly<Record<string, ErrorKind>>
  /** Rights that its routes ask for, each with what it allows: `'orders:write': 'Create and change orders'`. */
  readonly scopes?: Readonly<Record<string, string>>
  /** Version of the plugin API that it was written for. */
  readonly apiVersion?: number
  /** Its own tables, step by step. Needs `tables`. */
  readonly migrations?: Migrations<Own>
  /** `routes`, `loops` and `site` only build: nothing begins before a loop is run, and the list of plugins builds them for show. */
  routes?(grant: Grant<N, Static<C>, Own>): R
  loops?(grant: Grant<N, Static<C>, Own>): Readonly<Record<string, Loop>>
  /** Needs `listen`. */
  site?(grant: Grant<N, Static<C>, Own>): Site
}

// biome-ignore lint/suspicious/noExplicitAny: a list of plugins holds every kind of grant; each one keeps its own types
export type AnyPlugin = Plugin<any, any, AnyElysia, any>
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyGrant = Grant<any, any, any>

/** Returns the plugin as it is: its use is the types that it infers. */
export function definePlugin<
  const N extends Needs,
  C extends TObject = TObject<Record<never, never>>,
  R extends AnyElysia = Elysia,
  Own = unknown,
>(plugin: Plugin<N, C, R, Own>): Plugin<N, C, R, Own> {
  return plugin
}
