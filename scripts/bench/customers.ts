/** Customers and templates of the measurements. */
import { type Kysely, sql } from 'kysely'
import type postgres from 'postgres'
import type { Database } from '../../core/messaging/schema.ts'
import { compileTemplate, type TemplateCustomer } from '../../core/messaging/text/template.ts'
import { insertPeople, makePeople } from '../people.ts'
import { TEMPLATE } from './peers/business.ts'

export { TEMPLATE }

const SEED = 1
/** Made-up people; beyond these the same ones come again, with other phones. */
const DIFFERENT = 20_000

/** Fills an empty table: ids run from 1 to `people`. */
export async function fillPeople(db: Kysely<Database>, people: number): Promise<void> {
  const first = Math.min(people, DIFFERENT)
  await insertPeople(db, makePeople(first, SEED))
  if (people === first) return
  await sql`insert into customers (phone, first_name, last_name, location, prefered_product)
    select '+25471' || lpad((copy * ${DIFFERENT}::int + id - 1)::text, 7, '0'), first_name, last_name, location, prefered_product
    from customers, generate_series(1, ${Math.ceil(people / DIFFERENT)}::int) as copy
    order by copy, id limit ${people - first}`.execute(db)
}

const SAMPLE = 1000

/** A text as long, in bytes, as those of the template are on average: what a floor that renders nothing has to store. */
export async function averageText(db: postgres.Sql): Promise<string> {
  const people = await db<TemplateCustomer[]>`select phone, first_name, last_name, location, prefered_product
    from customers order by id limit ${SAMPLE}`
  const template = compileTemplate(TEMPLATE)
  const texts = people.map((one) => template.render(one))
  const average = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / texts.length
  return 'x'.repeat(Math.round(average))
}
