import { type Kysely, sql } from 'kysely'

/**
 * Suppressions: phones that nothing is sent to. They belong to the phone, not to the customer, so that whoever is deleted and
 * imported again stays suppressed. A customer's row repeats them as bits, which triggers keep, whoever writes: the bits are
 * read with the customer at no cost.
 *
 * Two transactions at once, of which one suppresses a phone and the other adds a customer with it, would not see each other.
 * So both take one advisory lock before they touch any row: customers are added beside each other (shared), and suppressions
 * change one at a time (exclusive). Ids of suppressions are therefore committed in their order, and whoever has seen one has
 * seen all before it.
 *
 * Programs of the version before may go on meanwhile: what they write to `number_marks`, which nothing reads any more, becomes
 * a suppression instead. The next version drops that table.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create table suppressions (
    id bigint generated always as identity primary key,
    phone text not null,
    channel text not null check (channel in ('sms', 'whatsapp', 'all')),
    reason text not null check (reason in ('opt_out', 'complaint', 'invalid', 'manual', 'erased')),
    source text not null check (source in ('api', 'import', 'answer', 'receipt', 'inbound', 'link')),
    sender text,
    code text,
    note text check (length(note) <= 500),
    created_at timestamptz not null default now(),
    unique (phone, channel, reason)
  )`.execute(db)
  await sql`create index suppressions_phone_prefix on suppressions (phone text_pattern_ops)`.execute(db)
  await sql`create index suppressions_reason on suppressions (reason, id)`.execute(db)
  await sql`alter table customers add column suppressed integer not null default 0`.execute(db)
  // Five bits for each channel, as core/messaging/suppressions/flags.ts has them.
  await sql`create function suppression_bits(channel text, reason text) returns integer language sql immutable parallel safe
    as ${sql.lit(`select case reason when 'opt_out' then 1 when 'complaint' then 2 when 'invalid' then 4 when 'manual' then 8 when 'erased' then 16 else 0 end
      * case channel when 'sms' then 1 when 'whatsapp' then 32 when 'all' then 33 else 0 end`)}`.execute(db)
  await createLocks(db)
  await createFlags(db)
  await moveMarks(db)
}

/** Before any row is touched, so that nobody who holds a row waits for the lock. */
// biome-ignore lint/suspicious/noExplicitAny: as above
async function createLocks(db: Kysely<any>): Promise<void> {
  await sql`create function lock_suppressions() returns trigger language plpgsql
    security definer set search_path from current as ${sql.lit(`
    begin
      if tg_argv[0] = 'shared' then
        perform pg_advisory_xact_lock_shared(728411, 'suppressions'::regclass::oid::bigint::bit(32)::integer);
      else
        perform pg_advisory_xact_lock(728411, 'suppressions'::regclass::oid::bigint::bit(32)::integer);
      end if;
      return null;
    end`)}`.execute(db)
  await sql`create trigger suppressions_lock before insert or delete on suppressions
    for each statement execute function lock_suppressions('exclusive')`.execute(db)
  await sql`create trigger customers_suppressions_lock before insert or update of phone on customers
    for each statement execute function lock_suppressions('shared')`.execute(db)
}

/** Security definer: a role that may write customers may not read the suppressions, nor the other way round. */
// biome-ignore lint/suspicious/noExplicitAny: as above
async function createFlags(db: Kysely<any>): Promise<void> {
  // Locks customers in the order of their phones, as an import does. `updated_at` stays: it is the time of the last change of
  // what is known about the person.
  await sql`create function flag_suppressed() returns trigger language plpgsql
    security definer set search_path from current as ${sql.lit(`
    begin
      with locked as materialized (
        select c.id, c.phone, c.suppressed
        from customers c
        where c.phone = any(array(select distinct phone from changed))
        order by c.phone
        for no key update
      )
      update customers c
      set suppressed = f.bits
      from (
        select l.id, l.suppressed, coalesce((
          select bit_or(suppression_bits(s.channel, s.reason)) from suppressions s where s.phone = l.phone), 0) as bits
        from locked l
        offset 0
      ) f
      where c.id = f.id and f.bits <> f.suppressed;
      return null;
    end`)}`.execute(db)
  await sql`create trigger suppressions_added after insert on suppressions
    referencing new table as changed for each statement execute function flag_suppressed()`.execute(db)
  await sql`create trigger suppressions_removed after delete on suppressions
    referencing old table as changed for each statement execute function flag_suppressed()`.execute(db)

  // For all that a statement added. Nearly all of them are not suppressed, and are not written a second time.
  await sql`create function flag_new_customers() returns trigger language plpgsql
    security definer set search_path from current as ${sql.lit(`
    declare
      ids integer[];
      bits integer[];
    begin
      if not exists (select from suppressions) then
        return null;
      end if;
      select array_agg(a.id), array_agg(a.bits) into ids, bits
      from (
        select c.id, (
          select bit_or(suppression_bits(s.channel, s.reason)) from suppressions s where s.phone = c.phone) as bits
        from changed c
        offset 0
      ) a
      where a.bits is not null;
      if ids is not null then
        update customers c
        set suppressed = f.bits
        from unnest(ids, bits) as f(id, bits)
        where c.id = any(ids) and c.id = f.id;
      end if;
      return null;
    end`)}`.execute(db)
  await sql`create trigger customers_flagged after insert on customers
    referencing new table as changed for each statement execute function flag_new_customers()`.execute(db)

  await sql`create function flag_changed_phone() returns trigger language plpgsql
    security definer set search_path from current as ${sql.lit(`
    begin
      new.suppressed := coalesce((
        select bit_or(suppression_bits(s.channel, s.reason)) from suppressions s where s.phone = new.phone), 0);
      return new;
    end`)}`.execute(db)
  await sql`create trigger customers_phone_flagged before update of phone on customers
    for each row when (new.phone is distinct from old.phone) execute function flag_changed_phone()`.execute(db)
}

/** The trigger comes first: it keeps others from writing marks until all are moved. */
// biome-ignore lint/suspicious/noExplicitAny: as above
async function moveMarks(db: Kysely<any>): Promise<void> {
  await sql`create function suppress_marked() returns trigger language plpgsql
    security definer set search_path from current as ${sql.lit(`
    begin
      insert into suppressions (phone, channel, reason, source, sender, code)
      values (new.phone, new.channel, new.reason, new.source, new.sender, new.code)
      on conflict do nothing;
      return null;
    end`)}`.execute(db)
  await sql`create trigger number_marks_moved before insert on number_marks
    for each row execute function suppress_marked()`.execute(db)
  await sql`insert into suppressions (phone, channel, reason, source, sender, code, created_at)
    select phone, channel, reason, source, sender, code, created_at from number_marks order by created_at`.execute(db)
  await sql`delete from number_marks`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop trigger number_marks_moved on number_marks`.execute(db)
  await sql`insert into number_marks (phone, channel, reason, source, sender, code, created_at)
    select phone, c.channel, reason, case when source in ('answer', 'receipt') then source else 'inbound' end, sender, code,
      created_at
    from suppressions as s
    join (values ('sms'), ('whatsapp')) as c(channel) on s.channel in (c.channel, 'all')
    where reason in ('invalid', 'opt_out')
    on conflict do nothing`.execute(db)
  await sql`drop trigger customers_phone_flagged on customers`.execute(db)
  await sql`drop trigger customers_flagged on customers`.execute(db)
  await sql`drop trigger customers_suppressions_lock on customers`.execute(db)
  await sql`drop table suppressions`.execute(db)
  await sql`drop function suppress_marked(), flag_changed_phone(), flag_new_customers(), flag_suppressed(), lock_suppressions(),
    suppression_bits(text, text)`.execute(db)
  await sql`alter table customers drop column suppressed`.execute(db)
}
