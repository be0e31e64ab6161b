/** Segments as the API shows them. Pure. */
import { isoTime } from '../../core/http/time.ts'
import type { SegmentPreview, SegmentRow } from '../../core/messaging/segments/service.ts'
import { listSuppressed } from '../../core/messaging/suppressions/flags.ts'

export const viewSegment = ({ id, name, rule, created_at, updated_at, used_by }: SegmentRow) => ({
  id,
  name,
  rule,
  created_at: isoTime(created_at),
  updated_at: isoTime(updated_at),
  used_by: used_by.map((use) => ({ ...use })),
})

export const viewPreview = ({ count, sample }: SegmentPreview) => ({
  count,
  sample: sample.map((customer) => ({
    id: customer.id,
    first_name: customer.first_name,
    last_name: customer.last_name,
    phone: customer.phone,
    location: customer.location,
    prefered_product: customer.prefered_product,
    language: customer.language,
    time_zone: customer.time_zone,
    tags: customer.tags,
    attributes: customer.attributes,
    suppressed: listSuppressed(customer.suppressed),
  })),
})
