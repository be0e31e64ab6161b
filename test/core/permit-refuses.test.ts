import { describe, expect, test } from 'bun:test'
import { type Compilable, type Kysely, sql } from 'kysely'
import { guard } from '../../core/host/permit.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { compileOnly } from '../support/inert.ts'

type Db = Kysely<Database>
/** Typed as if everything were granted: what is tested is the run time. */
const db: Db = guard(compileOnly(), 'p', { read: ['customers'], write: ['campaigns'] })
type Case = readonly [name: string, build: (db: Db) => Compilable]
const cannot = (what: string) => `Cannot ${what}: plugin "p" was not granted it`
const raw = (text: string) => sql<{ id: number }>`${sql.raw(text)}`

describe('permit() refuses', () => {
  const read = cannot('read table "processes"')
  const write = cannot('write table "customers"')
  const lock = cannot('lock table "customers"')
  const cases: (readonly [...Case, string])[] = [
    ['a table', (q) => q.selectFrom('processes').selectAll(), read],
    ['a table behind an alias', (q) => q.selectFrom('processes as customers').selectAll(), read],
    ['the second of two', (q) => q.selectFrom(['customers', 'processes']).select('pid'), read],
    ['join', (q) => q.selectFrom('customers').innerJoin('processes', 'pid', 'customers.id').selectAll(), read],
    [
      'lateral join',
      (q) =>
        q
          .selectFrom('customers')
          .innerJoinLateral(
            (e) => e.selectFrom('processes').select('pid').as('p'),
            (j) => j.onTrue(),
          )
          .selectAll(),
      read,
    ],
    [
      'subquery in select',
      (q) => q.selectFrom('customers').select((e) => e.selectFrom('processes').select('pid').as('p')),
      read,
    ],
    [
      'subquery in where',
      (q) =>
        q
          .selectFrom('customers')
          .select('id')
          .where('id', 'in', (e) => e.selectFrom('processes').select('pid')),
      read,
    ],
    [
      'union',
      (q) =>
        q
          .selectFrom('customers')
          .select('id')
          .union((e) => e.selectFrom('processes').select('pid as id')),
      read,
    ],
    ['insert', (q) => q.insertInto('customers').values({ phone: '' }), write],
    [
      'insert from select',
      (q) =>
        q
          .insertInto('campaigns')
          .columns(['name'])
          .expression((e) => e.selectFrom('processes').select('host as name')),
      read,
    ],
    ['update', (q) => q.updateTable('customers').set({ phone: '' }), write],
    ['update of an alias', (q) => q.updateTable('customers as campaigns').set({ phone: '' }), write],
    ['update from', (q) => q.updateTable('campaigns').from('processes').set({ name: '' }), read],
    ['delete', (q) => q.deleteFrom('customers'), write],
    ['delete using', (q) => q.deleteFrom('campaigns').using('processes'), read],
    [
      'merge into',
      (q) => q.mergeInto('customers').using('campaigns', 'campaigns.id', 'customers.id').whenMatched().thenDelete(),
      write,
    ],
    [
      'merge using',
      (q) => q.mergeInto('campaigns').using('processes', 'pid', 'campaigns.id').whenMatched().thenDelete(),
      read,
    ],
    [
      'a CTE that reads',
      (q) =>
        q
          .with('x', (w) => w.selectFrom('processes').select('pid'))
          .selectFrom('x')
          .selectAll(),
      read,
    ],
    [
      'a CTE that writes',
      (q) =>
        q
          .with('x', (w) => w.deleteFrom('customers').returning('id'))
          .selectFrom('x')
          .selectAll(),
      write,
    ],
    [
      'a CTE named like the table that it reads',
      (q) =>
        q
          .with('processes', (w) => w.selectFrom('processes').selectAll())
          .selectFrom('processes')
          .selectAll(),
      read,
    ],
    [
      'a table before the CTE of that name',
      (q) =>
        q
          .with('a', (w) => w.selectFrom('processes').select('pid'))
          .with('processes', (w) => w.selectFrom('customers').selectAll())
          .selectFrom('a')
          .selectAll(),
      read,
    ],
    [
      'a table outside the query whose CTE has its name',
      (q) => {
        const inner = q
          .with('processes', (w) => w.selectFrom('customers').selectAll())
          .selectFrom('processes')
          .select('id')
        return q.selectFrom(inner.as('i')).innerJoin('processes', 'processes.pid', 'i.id').select('i.id')
      },
      read,
    ],
    [
      'a table named with its schema beside a CTE of its name',
      (q) =>
        q
          .with('processes', (w) => w.selectFrom('customers').selectAll())
          .selectFrom('public.processes' as 'processes')
          .selectAll(),
      read,
    ],
    [
      'writing to a table behind a CTE of its name',
      (q) => q.with('customers', (w) => w.selectFrom('campaigns').selectAll()).deleteFrom('customers'),
      write,
    ],
    [
      'another schema',
      (q) => q.withSchema('pg_catalog').selectFrom('customers').selectAll(),
      'Cannot use table "pg_catalog.customers"',
    ],
    [
      'sql.table() of another table',
      (q) => q.selectFrom('customers').select(sql`(select 1 from ${sql.table('processes')})`.as('x')),
      read,
    ],
    ['sql.table() in FROM', (q) => q.selectFrom(sql<{ id: 1 }>`${sql.table('processes')}`.as('x')).selectAll(), read],
    ['for update', (q) => q.selectFrom('customers').selectAll().forUpdate(), lock],
    ['for share', (q) => q.selectFrom('customers').selectAll().forShare(), lock],
    [
      'for update of one that is read only',
      (q) => q.selectFrom('campaigns as k').innerJoin('customers as c', 'c.id', 'k.id').select('k.id').forUpdate('c'),
      lock,
    ],
    [
      'for update of both',
      (q) => q.selectFrom('campaigns as k').innerJoin('customers as c', 'c.id', 'k.id').select('k.id').forUpdate(),
      lock,
    ],
    [
      'for update of a query in FROM',
      (q) =>
        q
          .selectFrom((e) => e.selectFrom('customers').selectAll().as('c'))
          .selectAll()
          .forUpdate(),
      lock,
    ],
    [
      'for update of sql.table()',
      (q) =>
        q
          .selectFrom(sql<{ id: 1 }>`${sql.table('customers')}`.as('c'))
          .selectAll()
          .forUpdate(),
      lock,
    ],
    ['raw for update', (q) => q.selectFrom('campaigns').selectAll().modifyEnd(sql`for no key update`), 'it locks rows'],
    ['raw FROM', (q) => q.selectFrom(sql<{ id: 1 }>`processes`.as('x')).selectAll(), 'it names a table after "from"'],
    [
      'raw join',
      (q) =>
        q
          .selectFrom('customers')
          .innerJoin(sql<{ id: 1 }>`"processes"`.as('x'), (j) => j.onTrue())
          .select('x.id'),
      'it names a table after "from"',
    ],
    [
      'sql.id() in FROM',
      (q) => q.selectFrom(sql<{ id: 1 }>`${sql.id('processes')}`.as('x')).selectAll(),
      'it names a table',
    ],
    [
      'raw CTE',
      (q) =>
        q
          .with('x', () => sql<{ id: 1 }>`delete from campaigns returning id`)
          .selectFrom('x')
          .selectAll(),
      'it writes after "delete"',
    ],
    [
      'raw union',
      (q) => q.selectFrom('customers').select('id').modifyEnd(sql`union select pid from processes`),
      'after "from"',
    ],
    ...[
      '(select 1 from processes)',
      '(select 1 FROM\n public.processes p)',
      '(select 1 from only processes)',
      '(table processes)',
      '(select 1 from unnest(x) join processes on true)',
      '(select 1 from "processes")',
    ].map(
      (text) =>
        [`raw ${text}`, (q: Db) => q.selectFrom('customers').select(raw(text).as('x')), 'it names a table'] as const,
    ),
    [
      'raw with a name put in',
      (q) => q.selectFrom('customers').select(sql`(select 1 from ${sql.ref('processes')})`.as('x')),
      'it names a table',
    ],
    [
      'raw write with a table put in',
      (q) =>
        q
          .with('x', () => sql<{ id: 1 }>`update ${sql.table('campaigns')} set name = ''`)
          .selectFrom('x')
          .selectAll(),
      'it writes after "update"',
    ],
  ]
  test.each(cases)('%s', (name, build, message) => {
    expect(() => build(db).compile()).toThrow(message)
    // The same query is fine for whoever was granted everything, or the refusal above would prove little.
    if (!/raw|schema|sql.id/.test(name))
      expect(
        build(guard(compileOnly(), 'all', { write: ['customers', 'campaigns', 'processes'] })).compile().sql,
      ).toBeString()
  })

  test('everything, when nothing was named', () => {
    expect(() => guard(compileOnly(), 'q', {}).selectFrom('customers').selectAll().compile()).toThrow('plugin "q"')
  })

  test.each([
    ['select', sql`select 1`],
    ['truncate', sql`truncate campaigns`],
    ['lock', sql`lock table campaigns`],
    ['notify', sql`select pg_notify('a', 'b')`],
  ])('raw SQL on its own: %s', async (_, query) => {
    await expect(query.execute(db)).rejects.toThrow('Cannot run RawNode: plugin "p" may only query its tables')
  })

  test('DDL', () => {
    const { schema } = db
    for (const change of [
      schema.createTable('x'),
      schema.dropTable('campaigns'),
      schema.alterTable('campaigns').dropColumn('name'),
      schema.createIndex('i').on('campaigns').column('id'),
      schema.createView('v').as(db.selectFrom('campaigns').selectAll()),
      schema.createSchema('s'),
      schema.createType('t').asEnum(['a']),
    ])
      expect(() => change.compile()).toThrow('may only query its tables')
  })
})
