/** Ids of customers, to send to many of them. */
import type { Static } from 'elysia'
import { readCursor, writeCursor } from '../../core/http/cursor.ts'
import type { CountryCode } from '../../core/messaging/text/phone.ts'
import type { CustomerGrant } from './grant.ts'
import { type idsQuery, MAX_IDS } from './schema.ts'

type Read = CustomerGrant['contacts']['read']

export async function listIds(contacts: Read, query: Static<typeof idsQuery>, country: CountryCode) {
  // One more than a page holds: it shows whether there is another page.
  const request = { filter: query, after: readCursor(query.cursor), most: MAX_IDS + 1 }
  const ids = await contacts.findIds(request, country)
  const data = ids.slice(0, MAX_IDS)
  const last = data.at(-1)
  return { data, next_cursor: ids.length > MAX_IDS && last !== undefined ? writeCursor(last) : null }
}
