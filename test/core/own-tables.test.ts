/** A plugin's own tables: what their migrations may do, and what the plugin may do with them. */
import { beforeAll, describe, expect, test } from 'bun:test'
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../../core/db/tables.ts'
import type { Migration } from '../../core/host/migrations.ts'
import { bookkeepingOf, migrateOwnTables, prefixOf, requireOwnTables } from '../../core/host/own-tables.ts'
import { guard } from '../../core/host/permit.ts'
import { eachDatabase } from '../support/databases.ts'

// biome-ignore lint/suspicious/noExplicitAny: tables come and go here
type Db = Kysely<any>

const run = (...statements: string[]): Migration => ({
  up: async (db) => {
    for (const statement of statements) await sql.raw(statement).execute(db)
  },
})
const init = run(
  'create table hello_names (id int generated always as identity primary key, name text not null unique)',
)

eachDatabase((database) => {
  const db = () => database().db as Kysely<Tables> & Db
  const migrate = (migrations: Record<string, Migration>, name = 'hello') =>
    migrateOwnTables(db(), [{ name, migrations }])
  const messageOf = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: Error) => error.message,
    )
  const listNames = async () => {
    const { rows } = await sql<{ name: string }>`
      select nspname || '.' || relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
      union all select 'type ' || typname from pg_type where oid >= 16384
      union all select 'function ' || proname from pg_proc where oid >= 16384
      union all select 'schema ' || nspname from pg_namespace
      union all select 'column ' || attrelid::regclass || '.' || attname from pg_attribute
        where attrelid = 'customers'::regclass order by 1`.execute(db())
    return rows.map(({ name }) => name)
  }

  beforeAll(() => migrate({ '0001_init': init }))

  describe('migrateOwnTables()', () => {
    test('runs each migration once, in the order of their names, and keeps the books of each plugin apart', async () => {
      const ran: string[] = []
      const step = (name: string): Migration => ({ up: async () => void ran.push(name) })
      await migrate({ '0002_b': step('b'), '0001_a': step('a') }, 'steps')
      await migrate({ '0001_a': step('a'), '0002_b': step('b'), '0003_c': step('c') }, 'steps')
      await migrate({ '0001_a': step('other a') }, 'others')
      expect(ran).toEqual(['a', 'b', 'c', 'other a'])
    })

    test('two processes at once run them once', async () => {
      let ran = 0
      const count: Migration = { up: async () => void ran++ }
      await Promise.all([migrate({ '0001_a': count }, 'twice'), migrate({ '0001_a': count }, 'twice')])
      expect(ran).toBe(1)
    })

    test('a plugin whose tables are newer is refused', async () => {
      await migrate({ '0001_a': run(), '0002_b': run() }, 'newer')
      expect(await messageOf(migrate({ '0001_a': run() }, 'newer'))).toStartWith(
        'The tables of plugin "newer" are newer than the plugin, which does not know its migration 0002_b.',
      )
    })

    test.each([
      [
        'tables, columns, indexes, rows',
        [
          'create table ok1_a (id serial primary key, b text unique)',
          'alter table ok1_a add c int',
          'create index ok1_c on ok1_a (c)',
          `insert into ok1_a (b) values ('x')`,
        ],
      ],
      [
        'a table that refers to another of its own',
        ['create table ok2_a (id int primary key)', 'create table ok2_b (a int references ok2_a)'],
      ],
      [
        'types, functions, triggers, views',
        [
          `create type ok3_mood as enum ('good')`,
          'create domain ok3_name as text',
          'create type ok3_pair as (a int, b int)',
          'create table ok3_a (m ok3_mood, n ok3_name)',
          'create function ok3_touch() returns trigger language plpgsql as $$ begin return new; end $$',
          'create trigger t before insert on ok3_a for each row execute function ok3_touch()',
          'create view ok3_v as select m from ok3_a',
        ],
      ],
      [
        'a table that is partitioned',
        [
          'create table ok4_a (id int) partition by range (id)',
          'create table ok4_a1 partition of ok4_a for values from (0) to (9)',
        ],
      ],
      [
        'renaming and dropping its own',
        ['create table ok5_a (id int)', 'alter table ok5_a rename to ok5_b', 'drop table ok5_b'],
      ],
      ['reading the product’s tables', ['create table ok6_a as select id from customers']],
    ])('allows %s', async (_, statements) => {
      const name = /ok\d/.exec(statements[0] ?? '')?.[0] ?? ''
      expect(await messageOf(migrate({ '0001_init': run(...statements) }, name))).toBe('done')
    })

    test.each([
      ['a table without its name', 'create table greetings (id int)', 'creates the table "greetings"'],
      ['a name that begins almost so', 'create table hellos (id int)', 'creates the table "hellos"'],
      ['an index without its name', 'create index by_name on hello_names (name)', 'creates the index "by_name"'],
      ['a type', `create type mood as enum ('x')`, 'creates the type "mood"'],
      ['a domain', 'create domain name_of as text', 'creates the type "name_of"'],
      ['a function', 'create function f() returns int language sql as $$ select 1 $$', 'creates the function "f"'],
      ['a sequence', 'create sequence numbers', 'creates the sequence "numbers"'],
      ['a view', 'create view names as select name from hello_names', 'creates the view "names"'],
      ['a schema', 'create schema hello_own', 'creates the schema "hello_own"'],
      ['a table in another schema', 'create schema x; create table x.hello_a (id int)', 'creates the table "hello_a"'],
      ['a temporary table', 'create temporary table hello_t (id int)', 'creates the table "hello_t"'],
      [
        'a column of a product’s table',
        'alter table customers add column hello_note text',
        'changes the table "customers"',
      ],
      ['an index on one', 'create index hello_by_phone on customers (phone)', 'changes the table "customers"'],
      [
        'a trigger on one',
        'create function hello_f() returns trigger language plpgsql as $$ begin return new;end $$; create trigger hello_t before insert on customers for each row execute function hello_f()',
        'changes the table "customers"',
      ],
      [
        'a reference to one',
        'create table hello_b (customer_id int references customers)',
        'changes the table "customers"',
      ],
      ['a view of one', 'create view hello_v as select phone from customers', 'makes a view of the table "customers"'],
      ['rows of one', `insert into customers (phone) values ('+254711000111')`, 'changes the table "customer'],
      ['no rows of one', 'delete from customers where false', 'changes the table "customers"'],
      ['a lock on one', 'lock table customers in share mode', 'changes the table "customers"'],
      ['emptying one', 'truncate customers cascade', /^changes the table "/],
      ['dropping one', 'drop table breaker_closings', 'drops the table "breaker_closings"'],
      [
        'taking one over by its name',
        'alter table breaker_closings rename to hello_closings',
        'changes the table "breaker_closings"',
      ],
      ['giving its own another name', 'alter table hello_names rename to names', 'renames to the table "names"'],
      ['dropping a function', 'drop function if exists f(); drop type channel cascade', /^(drops|changes) the /],
    ])('refuses %s, and leaves nothing behind', async (_, statements, what) => {
      const before = await listNames()
      const more = {
        '0001_init': init,
        '0002_good': run('create table hello_good (id int)'),
        '0003_bad': run(...statements.split('; ')),
      }
      const message = await messageOf(migrate(more))
      const [, step, did] =
        /^Cannot migrate plugin "hello": "(\w+)" (.+)\. A plugin's migrations may use/.exec(message) ?? []
      expect({ step, did, message }).toEqual({ step: '0003_bad', did: expect.stringMatching(what), message })
      expect(await listNames()).toEqual(before)
      expect(await messageOf(requireOwnTables(db(), [{ name: 'hello', migrations: more }]))).toContain(
        '0002_good, 0003_bad',
      )
    })

    test('tells what a migration fails with, in one line', async () => {
      expect(await messageOf(migrate({ '0001_init': init, '0002_bad': run('select\n1/0') }))).toBe(
        'Cannot migrate plugin "hello": "0002_bad" failed: division by zero',
      )
    })
  })

  test('requireOwnTables() names what has not run', async () => {
    const owners = [
      { name: 'hello', migrations: { '0001_init': init } },
      { name: 'late', migrations: { '0001_init': init, '0002_more': init } },
    ]
    expect(await messageOf(requireOwnTables(db(), owners))).toBe(
      'Cannot start: plugin "late" lacks its migrations 0001_init, 0002_more. Run, with the same PLUGINS and GRANTS: npm run migrate',
    )
    expect(await messageOf(requireOwnTables(db(), owners.slice(0, 1)))).toBe('done')
  })

  describe('the granted database', () => {
    const granted = () =>
      guard(db(), 'hello', {
        read: ['customers'],
        own: { prefix: prefixOf('hello'), reserved: bookkeepingOf('hello') },
      }) as Db

    test('writes and reads own tables, and reads what was granted besides', async () => {
      await granted()
        .transaction()
        .execute((trx) => trx.insertInto('hello_names').values({ name: 'Achieng' }).execute())
      const rows = await granted()
        .selectFrom('hello_names')
        .leftJoin('customers', 'customers.id', 'hello_names.id')
        .select('name')
        .execute()
      expect(rows).toEqual([{ name: 'Achieng' }])
    })

    test.each([
      ['another plugin’s table', (db: Db) => db.selectFrom('steps_a').selectAll()],
      ['a name that begins almost so', (db: Db) => db.selectFrom('hellos').selectAll()],
      ['its own bookkeeping', (db: Db) => db.deleteFrom('hello_migration')],
      ['a table that is for reading', (db: Db) => db.deleteFrom('customers')],
      ['a table that was not granted', (db: Db) => db.selectFrom('campaigns').selectAll()],
    ])('refuses %s', async (_, query) => {
      expect(await messageOf((async () => query(granted()).execute())())).toContain('plugin "hello" was not granted it')
    })
  })
})
