import { type Kysely, sql } from 'kysely'

/**
 * Number of customers, without reading them all. Each statement that adds or removes some appends the difference, so that no
 * statement waits for the row of another, and one in fifty folds the rows that are not locked.
 */
// biome-ignore lint/suspicious/noExplicitAny: a migration knows the tables as they were, not as the code sees them now
export async function up(db: Kysely<any>): Promise<void> {
  await sql`create table customer_counts (change bigint not null)`.execute(db)
  // Security definer: a role that may write customers may not write the counts itself.
  await sql`create function count_customers() returns trigger language plpgsql
    security definer set search_path from current as ${sql.lit(`
    declare
      moved bigint;
    begin
      if tg_op = 'TRUNCATE' then
        delete from customer_counts;
        return null;
      end if;
      select case tg_op when 'DELETE' then -count(*) else count(*) end into moved from changed;
      if moved <> 0 then
        insert into customer_counts values (moved);
      end if;
      if random() < 0.02 then
        with folded as (
          delete from customer_counts
          where ctid = any (array(select ctid from customer_counts limit 1000 for update skip locked))
          returning change
        )
        insert into customer_counts select sum(change) from folded having count(*) > 0;
      end if;
      return null;
    end`)}`.execute(db)
  // From here to the commit nobody writes customers: none is counted twice, and none is missed.
  await sql`create trigger customers_added after insert on customers
    referencing new table as changed for each statement execute function count_customers()`.execute(db)
  await sql`create trigger customers_removed after delete on customers
    referencing old table as changed for each statement execute function count_customers()`.execute(db)
  await sql`create trigger customers_truncated after truncate on customers
    for each statement execute function count_customers()`.execute(db)
  await sql`insert into customer_counts select count(*) from customers`.execute(db)
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export async function down(db: Kysely<any>): Promise<void> {
  await sql`drop trigger customers_added on customers`.execute(db)
  await sql`drop trigger customers_removed on customers`.execute(db)
  await sql`drop trigger customers_truncated on customers`.execute(db)
  await sql`drop function count_customers()`.execute(db)
  await sql`drop table customer_counts`.execute(db)
}
