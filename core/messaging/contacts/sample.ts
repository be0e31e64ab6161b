/** Sample data for an empty embedded database, so that the first look at the API shows something. */
import type { Kysely } from 'kysely'
import type { Database } from '../schema.ts'

const customers = [
  ['+254712345001', 'Alice', 'Johnson', 'Nairobi', 'Running Shoes'],
  ['+254712345002', 'Brian', 'Otieno', 'Kisumu', 'Wireless Earbuds'],
  ['+254712345003', 'Carol', 'Wanjiku', 'Mombasa', 'Summer Dress'],
  ['+254712345004', 'David', 'Kimani', null, 'Smart Watch'],
  ['+254712345005', 'Esther', 'Achieng', 'Eldoret', null],
  ['+254712345006', 'Farid', 'Hassan', 'Malindi', 'Coffee Maker'],
  ['+254712345007', 'Grace', 'Muthoni', null, null],
  ['+254712345008', 'Hassan', 'Ali', 'Garissa', 'Backpack'],
  ['+254712345009', 'Irene', 'Njeri', 'Nakuru', 'Yoga Mat'],
  ['+254712345010', 'Zoë', 'Müller', 'Thika', 'Espresso Machine'],
] as const

const campaigns = [
  [
    'Welcome Campaign',
    'sms',
    'Hi {first_name|there}, welcome to our family! Visit us in {location|your town} any time.',
  ],
  [
    'Product Promotion',
    'whatsapp',
    'Hello {first_name} {last_name}, {prefered_product|our newest arrival} is 20% off this week only.',
  ],
  [
    'Seasonal Offer',
    'sms',
    'Dear {first_name|customer}, our seasonal offer has arrived in {location|a shop near you}.',
  ],
] as const

/** Does nothing when there is any customer or campaign. @returns whether the samples were loaded */
export async function loadSampleData(db: Kysely<Pick<Database, 'customers' | 'campaigns'>>): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const rows = await trx
      .selectFrom('customers')
      .select('id')
      .unionAll(trx.selectFrom('campaigns').select('id'))
      .limit(1)
      .execute()
    if (rows.length > 0) return false
    await trx
      .insertInto('customers')
      .values(
        customers.map(([phone, first_name, last_name, location, prefered_product]) => ({
          phone,
          first_name,
          last_name,
          location,
          prefered_product,
        })),
      )
      .execute()
    await trx
      .insertInto('campaigns')
      .values(campaigns.map(([name, channel, base_template]) => ({ name, channel, base_template })))
      .execute()
    return true
  })
}
