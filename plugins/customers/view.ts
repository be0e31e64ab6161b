/** A customer as the API shows it. Pure. */
import { isoTime } from '../../core/http/time.ts'
import { consentStates } from '../../core/messaging/consents/flags.ts'
import type { CustomerRow } from '../../core/messaging/contacts/service.ts'
import { listSuppressed } from '../../core/messaging/suppressions/flags.ts'

export function viewCustomer({ created_at, updated_at, ...row }: CustomerRow) {
  return {
    id: row.id,
    first_name: row.first_name,
    last_name: row.last_name,
    phone: row.phone,
    location: row.location,
    prefered_product: row.prefered_product,
    language: row.language,
    time_zone: row.time_zone,
    tags: row.tags,
    attributes: row.attributes,
    suppressed: listSuppressed(row.suppressed),
    consent: consentStates(row.consent),
    created_at: isoTime(created_at),
    updated_at: isoTime(updated_at),
  }
}
