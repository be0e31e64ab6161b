/** Ids of customers, to send to many of them. */
import { readCursor, writeCursor } from '../../core/http/cursor.ts'
import type { CustomerFilter } from '../../core/messaging/contacts/service.ts'
import type { CountryCode } from '../../core/messaging/text/phone.ts'
import type { CustomerGrant } from './grant.ts'
import { MAX_IDS } from './schema.ts'

type Read = CustomerGrant['contacts']['read']

export async function listIds(
  contacts: Read,
  filter: CustomerFilter,
  cursor: string | undefined,
  country: CountryCode,
) {
  // One more than a page holds: it shows whether there is another page.
  const request = { filter, after: readCursor(cursor), most: MAX_IDS + 1 }
  const ids = await contacts.findIds(request, country)
  const data = ids.slice(0, MAX_IDS)
  const last = data.at(-1)
  return { data, next_cursor: ids.length > MAX_IDS && last !== undefined ? writeCursor(last) : null }
}
