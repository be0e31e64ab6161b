import { describe, expect, test } from 'bun:test'
import { type Compilable, type Kysely, sql } from 'kysely'
import { guard } from '../../core/host/permit.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { compileOnly } from '../support/inert.ts'

type Db = Kysely<Database>
/** Typed as if everything were granted: what is tested is the run time. */
const db: Db = guard(compileOnly(), 'p', { read: ['customers'], write: ['campaigns'] })
type Case = readonly [name: string, build: (db: Db) => Compilable]
const raw = (text: string) => sql<{ id: number }>`${sql.raw(text)}`
const row = { name: 'Welcome', channel: 'sms', base_template: 'Hi' } as const

describe('permit() allows', () => {
  const cases: Case[] = [
    ['a table to read', (q) => q.selectFrom('customers').selectAll()],
    ['an alias, its columns and all of them', (q) => q.selectFrom('customers as c').select('c.id').selectAll('c')],
    ['a table to write, read', (q) => q.selectFrom('campaigns').select('id')],
    ['a table named with its schema', (q) => q.withSchema('public').selectFrom('customers').selectAll()],
    [
      'insert with upsert',
      (q) =>
        q
          .insertInto('campaigns')
          .values(row)
          .onConflict((c) => c.column('id').doUpdateSet((e) => ({ name: e.ref('excluded.name') }))),
    ],
    [
      'insert from select',
      (q) =>
        q
          .insertInto('campaigns')
          .columns(['name'])
          .expression((e) => e.selectFrom('customers').select('phone as name')),
    ],
    [
      'update from',
      (q) => q.updateTable('campaigns as k').from('customers as c').set({ name: 'x' }).whereRef('c.id', '=', 'k.id'),
    ],
    [
      'delete using',
      (q) =>
        q
          .deleteFrom('campaigns')
          .using('customers')
          .whereRef('customers.id', '=', 'campaigns.id')
          .returning('campaigns.id'),
    ],
    [
      'merge',
      (q) => q.mergeInto('campaigns').using('customers', 'customers.id', 'campaigns.id').whenMatched().thenDelete(),
    ],
    [
      'join on a CTE, before and after it',
      (q) =>
        q
          .with('some', (w) => w.selectFrom('customers').select('id'))
          .selectFrom('some')
          .innerJoin('campaigns as k', 'k.id', 'some.id')
          .select('k.id'),
    ],
    [
      'a CTE that writes',
      (q) =>
        q
          .with('gone', (w) => w.deleteFrom('campaigns').returning('id'))
          .selectFrom('gone')
          .selectAll(),
    ],
    [
      'a recursive CTE',
      (q) =>
        q
          .withRecursive('r(id)', (w) =>
            w.selectFrom('campaigns').select('id').unionAll(w.selectFrom('r').select('r.id')),
          )
          .selectFrom('r')
          .selectAll(),
    ],
    ['a whole row as JSON', (q) => q.selectFrom('customers as c').select((e) => e.fn.toJson('c').as('row'))],
    ['lock on a table to write', (q) => q.selectFrom('campaigns').selectAll().forUpdate().skipLocked()],
    [
      'lock of the written one of two',
      (q) => q.selectFrom('campaigns as k').innerJoin('customers as c', 'c.id', 'k.id').select('k.id').forUpdate('k'),
    ],
    ['unnest in FROM', (q) => q.selectFrom(sql<{ id: number }>`unnest(${[1]}::int[])`.as<'t'>(sql`t(id)`)).selectAll()],
    [
      'rows of values that look like nodes',
      (q) => q.insertInto('campaigns').values({ ...row, name: { kind: 'TableNode' } as never }),
    ],
    [
      'sql.table() of a granted table',
      (q) => q.selectFrom('campaigns').select(sql<number>`(select count(*) from ${sql.table('customers')})`.as('n')),
    ],
    ...[
      'extract(epoch from now())',
      'created_at is distinct from now()',
      "'it came from nowhere'",
      'substring(name from 1 for 2)',
      'trim(both from name)',
      '(select count(*) from unnest(array[1]))',
      'updated_at + from_days',
    ].map((text): Case => [`raw ${text}`, (q) => q.selectFrom('campaigns').select(raw(text).as('x'))]),
  ]
  test.each(cases)('%s', (_, build) => {
    expect(build(db).compile().sql).toBeString()
  })
})
