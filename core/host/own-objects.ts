/**
 * Traces of a transaction in the server's own catalogs: relations that it made, changed, wrote to or dropped, by the locks
 * that it holds on them until it ends, and other objects that are not as they were. A guard against slips: a migration that
 * ends its transaction by itself gets around it.
 */
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../db/tables.ts'

interface CatalogObject {
  /** Unique among all objects for as long as the object exists. */
  readonly id: string
  readonly kind: string
  readonly name: string
  /** In the schema that the plugin's tables are in. */
  readonly home: boolean
  /** For a relation, the work of this transaction on it, '' for none; for all else, a text that changes with the object. */
  readonly state: string
}

/**
 * Relations are told by locks and not by their catalog rows, which other transactions may change meanwhile: the product
 * makes partitions while it runs. Row types and array types come and go with what they belong to. A view counts as used
 * by what it selects from, since it would hand on what was never granted, and block the product's own migrations.
 */
export async function listObjects(db: Kysely<Tables>): Promise<CatalogObject[]> {
  const { rows } = await sql<CatalogObject>`
    with used as (
      select distinct relation from pg_locks
      where locktype = 'relation' and pid = pg_backend_pid() and mode <> 'AccessShareLock' and granted
    ), viewed as (
      select distinct d.refobjid as relation
      from pg_depend d join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
      where d.refclassid = 'pg_class'::regclass and r.ev_class in (select relation from used) and r.ev_type = '1'
    )
    select 'relation ' || c.oid as id,
      case c.relkind when 'i' then 'index' when 'S' then 'sequence' when 'v' then 'view' when 'm' then 'view' else 'table' end
        as kind,
      c.relname::text as name, n.nspname = current_schema() as home,
      case when exists (select from used u where u.relation = c.oid) then 'used'
        when exists (select from viewed v where v.relation = c.oid) then 'viewed' else '' end as state
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    union all
    select 'relation ' || relation, 'table', '', false, 'dropped' from used
    where relation not in (select oid from pg_class)
    union all
    select 'type ' || t.oid, 'type', t.typname::text, n.nspname = current_schema(), t.xmin::text
    from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where t.typrelid = 0 and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
      and not exists (select from pg_type e where e.typarray = t.oid)
    union all
    select 'function ' || p.oid, 'function', p.proname::text, n.nspname = current_schema(), p.xmin::text
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname not in ('pg_catalog', 'information_schema')
    union all
    select 'schema ' || oid, 'schema', nspname::text, false, xmin::text from pg_namespace where nspname !~ '^pg_(toast|temp)'
    union all select 'extension ' || oid, 'extension', extname::text, false, xmin::text from pg_extension
    union all select 'event trigger ' || oid, 'event trigger', evtname::text, false, xmin::text from pg_event_trigger
    union all select 'operator ' || oid, 'operator', oprname::text, false, xmin::text from pg_operator where oid >= 16384
    union all select 'cast ' || oid, 'cast', oid::text, false, xmin::text from pg_cast where oid >= 16384
    union all select 'publication ' || oid, 'publication', pubname::text, false, xmin::text from pg_publication`.execute(
    db,
  )
  return rows
}

/** @returns what the work between two lists did outside of `prefix`: `creates the table "x"`; undefined when nothing */
export function foreignWork(
  before: readonly CatalogObject[],
  after: readonly CatalogObject[],
  prefix: string,
): string | undefined {
  const old = new Map(before.map((object) => [object.id, object]))
  const now = new Map(after.map((object) => [object.id, object]))
  const isOwn = ({ name, home }: CatalogObject) => home && name.startsWith(prefix)
  // A write to a table uses its indexes and sequences too: the error names the table.
  for (const object of [...after].sort((a, b) => rank(a) - rank(b))) {
    const was = old.get(object.id)
    if (was?.state === object.state || object.state === '') continue
    if (object.state === 'dropped') {
      if (was && !isOwn(was)) return `drops the ${was.kind} "${was.name}"`
    } else if (was && !isOwn(was))
      return `${object.state === 'viewed' ? 'makes a view of' : 'changes'} the ${was.kind} "${was.name}"`
    else if (!isOwn(object)) return `${was ? 'renames to' : 'creates'} the ${object.kind} "${object.name}"`
  }
  const dropped = before.find((object) => !isRelation(object) && !now.has(object.id) && !isOwn(object))
  return dropped && `drops the ${dropped.kind} "${dropped.name}"`
}

const rank = ({ kind }: CatalogObject) => (kind === 'table' ? 0 : 1)
const isRelation = ({ id }: CatalogObject) => id.startsWith('relation ')
