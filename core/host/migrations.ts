/** Migrations of a plugin's own tables, as it writes them. */
import type { Kysely } from 'kysely'

export interface Migration {
  // biome-ignore lint/suspicious/noExplicitAny: a migration stays as it is while the tables' types change
  up(db: Kysely<any>): Promise<unknown>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  down?(db: Kysely<any>): Promise<unknown>
}

declare const owned: unique symbol
/** Migrations by name, run in the order of their names; `Own` are the tables that they make, by name. */
export type Migrations<Own> = Readonly<Record<string, Migration>> & { readonly [owned]?: Own }

/** `migrations: ownTables<{ hello_greetings: Greetings }>({ '0001_init': { up: (db) => ... } })` */
export const ownTables = <Own>(migrations: Readonly<Record<string, Migration>>): Migrations<Own> => migrations
