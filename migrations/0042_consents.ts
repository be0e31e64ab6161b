import { type Kysely, sql } from 'kysely'

/**
 * Consents: records of what people agreed to, and of what they withdrew. Records are only added. Of the records for a channel the
 * one that was captured last decides; a customer's row repeats that as bits, which triggers keep, whoever writes.
 *
 * A record belongs to the customer. A withdrawal also holds for whoever gets the phone of a customer who was deleted: a person who
 * is deleted and imported again is still not written to. What they agreed to ends with the customer.
 *
 * Consents take their ids from the sequence of suppressions, under the same lock (migration 0033): workers who have seen one id
 * have seen all suppressions and withdrawals before it.
 *
 * `consent_rule` holds CONSENT for all processes, so that none of them decides by another value.
 *
 * Programs of the version before may go on meanwhile: they know no consents. Update all workers before the first withdrawal.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create table consents (
    id bigint primary key default nextval('suppressions_id_seq'),
    customer_id integer not null,
    phone text not null,
    channel text not null check (channel in ('sms', 'whatsapp', 'all')),
    purpose text not null default 'marketing' check (purpose = 'marketing'),
    status text not null check (status in ('given', 'withdrawn')),
    method text not null
      check (method in ('web_form', 'keyword', 'import', 'api', 'verbal', 'paper', 'other', 'carried_over')),
    wording text check (length(wording) <= 2000),
    evidence text check (length(evidence) <= 2000),
    captured_at timestamptz not null,
    actor text,
    created_at timestamptz not null default now()
  )`.execute(db)
  await sql`create index consents_customer on consents (customer_id, id)`.execute(db)
  await sql`create index consents_withdrawn on consents (id) where status = 'withdrawn'`.execute(db)
  await sql`create index consents_phone on consents (phone) where status = 'withdrawn'`.execute(db)
  await sql`alter table customers add column consent integer not null default 0`.execute(db)
  await sql`create table consent_rule (
    id boolean primary key default true check (id),
    required boolean not null,
    changed_at timestamptz not null default now()
  )`.execute(db)
  await createFlags(db)
  await createCarrying(db)
}

/** Security definer: a role that may add consents may not write customers, nor the other way round. */
// biome-ignore lint/suspicious/noExplicitAny: as above
async function createFlags(db: Kysely<any>): Promise<void> {
  // Two bits for each channel, as core/messaging/consents/flags.ts has them.
  await sql`create function consent_bits(customer integer) returns integer language sql stable
    security definer set search_path from current as ${sql.lit(`
    select coalesce(sum(case latest.status when 'given' then 1 else 2 end * place.bit), 0)::integer
    from (values ('sms', 1), ('whatsapp', 4)) as place(channel, bit)
    cross join lateral (
      select c.status from consents c
      where c.customer_id = customer and c.channel in (place.channel, 'all')
      order by c.captured_at desc, c.id desc
      limit 1
    ) as latest`)}`.execute(db)
  // Not within a trigger of customers, who hold the lock beside each other: only one of two would get it alone.
  await sql`create trigger consents_lock before insert or delete on consents
    for each statement when (pg_trigger_depth() = 0) execute function lock_suppressions('exclusive')`.execute(db)
  // Locks customers in the order of their phones, as an import does.
  await sql`create function flag_consents() returns trigger language plpgsql
    security definer set search_path from current as ${sql.lit(`
    begin
      with locked as materialized (
        select c.id, c.consent
        from customers c
        where c.id = any(array(select distinct customer_id from changed))
        order by c.phone
        for no key update
      )
      update customers c
      set consent = f.bits
      from (select l.id, l.consent, consent_bits(l.id) as bits from locked l offset 0) f
      where c.id = f.id and f.bits <> f.consent;
      return null;
    end`)}`.execute(db)
  await sql`create trigger consents_added after insert on consents
    referencing new table as changed for each statement execute function flag_consents()`.execute(db)
  await sql`create trigger consents_removed after delete on consents
    referencing old table as changed for each statement execute function flag_consents()`.execute(db)
}

/** Withdrawals go on with the phone where the customer is deleted, and with the customer where the phone changes. */
// biome-ignore lint/suspicious/noExplicitAny: as above
async function createCarrying(db: Kysely<any>): Promise<void> {
  const carried = `insert into consents (customer_id, phone, channel, status, method, evidence, captured_at)
      select n.id, n.phone, place.channel, 'withdrawn', 'carried_over',
        case when latest.customer_id = n.id then 'The phone number of the customer changed'
          else 'Withdrawn as customer ' || latest.customer_id || ', who was deleted' end,
        latest.captured_at`
  // For most phones nothing is known, and nothing is written.
  await sql`create function carry_withdrawals() returns trigger language plpgsql
    security definer set search_path from current as ${sql.lit(`
    begin
      if not exists (select from consents where status = 'withdrawn') then
        return null;
      end if;
      ${carried}
      from (
        select c.id, c.phone from changed c
        where exists (select from consents w where w.phone = c.phone and w.status = 'withdrawn')
        offset 0
      ) as n
      cross join (values ('sms'), ('whatsapp')) as place(channel)
      cross join lateral (
        select w.customer_id, w.status, w.captured_at from consents w
        where w.customer_id in (
            select d.customer_id from consents d
            where d.phone = n.phone and d.status = 'withdrawn'
              and not exists (select from customers o where o.id = d.customer_id))
          and w.channel in (place.channel, 'all')
        order by w.captured_at desc, w.id desc
        limit 1
      ) as latest
      where latest.status = 'withdrawn';
      return null;
    end`)}`.execute(db)
  await sql`create trigger customers_withdrawals after insert on customers
    referencing new table as changed for each statement execute function carry_withdrawals()`.execute(db)

  await sql`create function carry_own_withdrawal() returns trigger language plpgsql
    security definer set search_path from current as ${sql.lit(`
    begin
      ${carried}
      from (select new.id, new.phone) as n
      cross join (values ('sms'), ('whatsapp')) as place(channel)
      cross join lateral (
        select w.customer_id, w.status, w.captured_at from consents w
        where w.customer_id = new.id and w.channel in (place.channel, 'all')
        order by w.captured_at desc, w.id desc
        limit 1
      ) as latest
      where latest.status = 'withdrawn';
      return null;
    end`)}`.execute(db)
  await sql`create trigger customers_phone_withdrawals after update of phone on customers
    for each row when (new.phone is distinct from old.phone and new.consent <> 0)
    execute function carry_own_withdrawal()`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop trigger customers_withdrawals on customers`.execute(db)
  await sql`drop trigger customers_phone_withdrawals on customers`.execute(db)
  await sql`drop table consents, consent_rule`.execute(db)
  await sql`drop function carry_withdrawals(), carry_own_withdrawal(), flag_consents(), consent_bits(integer)`.execute(
    db,
  )
  await sql`alter table customers drop column consent`.execute(db)
}
