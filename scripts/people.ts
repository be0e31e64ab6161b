/** Made-up customers with names, places and products in many languages; the same ones for the same seed. */
import { allFakers, type Faker } from '@faker-js/faker'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../core/messaging/schema.ts'

const locales = [
  'en',
  'fr',
  'de',
  'es',
  'pt_BR',
  'ar',
  'he',
  'ja',
  'zh_CN',
  'ko',
  'ru',
  'el',
  'tr',
  'vi',
  'pl',
  'fa',
] as const

export interface Person {
  readonly phone: string
  readonly first_name: string | null
  readonly last_name: string | null
  readonly location: string | null
  readonly prefered_product: string | null
}

/** @param from number of the first one: two runs with other numbers share no phone */
export function makePeople(count: number, seed: number, from = 0): Person[] {
  const fakers: Faker[] = locales.map((locale, nth) => {
    const faker = allFakers[locale]
    faker.seed(seed + nth)
    return faker
  })
  return Array.from({ length: count }, (_, nth) => {
    const faker = fakers[nth % fakers.length] ?? allFakers.en
    const maybe = (value: string, missing: number) => (faker.number.float() < missing ? null : value)
    return {
      // A range of Kenyan mobile numbers, so that each is valid and none is drawn twice.
      phone: `+25471${String(from + nth).padStart(7, '0')}`,
      first_name: maybe(faker.person.firstName(), 0.1),
      last_name: maybe(faker.person.lastName(), 0.1),
      location: maybe(faker.location.city(), 0.2),
      prefered_product: maybe(faker.commerce.productName(), 0.2),
    }
  })
}

/** Inserts them in batches; a phone that is known already is left as it is. @returns the ids of the new ones */
export async function insertPeople(db: Kysely<Database>, people: readonly Person[]): Promise<number[]> {
  const ids: number[] = []
  for (let at = 0; at < people.length; at += 5000) {
    const batch = people.slice(at, at + 5000)
    const rows = await db
      .insertInto('customers')
      .columns(['phone', 'first_name', 'last_name', 'location', 'prefered_product'])
      .expression(
        sql`select * from unnest(${batch.map((one) => one.phone)}::text[], ${batch.map((one) => one.first_name)}::text[],
          ${batch.map((one) => one.last_name)}::text[], ${batch.map((one) => one.location)}::text[],
          ${batch.map((one) => one.prefered_product)}::text[])` as never,
      )
      .onConflict((conflict) => conflict.column('phone').doNothing())
      .returning('id')
      .execute()
    ids.push(...rows.map(({ id }) => id))
  }
  return ids
}

/** Every customer has written to the sender an hour ago: on WhatsApp, texts reach them for a day. */
export async function insertGreetings(
  db: Kysely<Pick<Database, 'customers' | 'inbound_messages'>>,
  sender: string,
): Promise<void> {
  await sql`insert into inbound_messages (sender, channel, provider_id, phone, body, reading, received_at)
    select ${sender}::text, 'whatsapp', 'greeting-' || id, phone, 'Hello', 'other', now() - interval '1 hour'
    from customers`.execute(db)
}
