/** Schemas of the segment routes: bodies, queries and answers. */
import { type Static, t } from 'elysia'
import { orNull, utcTime } from '../../core/http/docs.ts'
import { digits, id, MAX_ID, object, text } from '../../core/http/fields.ts'
import { pageQuery, paginationSchema } from '../../core/http/page.ts'
import { searchText } from '../../core/http/search.ts'
import { segmentUse } from '../../core/messaging/errors.ts'
import { channels } from '../../core/messaging/schema.ts'
import type { NewSegment } from '../../core/messaging/segments/service.ts'
import { suppressionReasons } from '../../core/messaging/suppressions/service.ts'

const strict = { additionalProperties: false } as const
const MAX_NAME = 200

export const ruleExample = {
  all: [
    { field: 'location', is: 'Nairobi' },
    { any: [{ field: 'first_name', starts_with: 'A' }, { not: { never_written_to: true } }] },
  ],
} as const

const name = text({
  min: 1,
  max: MAX_NAME,
  description: `Name of the segment, which no other one has; at most ${MAX_NAME} characters`,
  example: 'Customers in Nairobi',
})

const ruleWords =
  'A rule is {"all": [rules]}, {"any": [rules]}, {"not": rule}, or a condition: {"field": "location", "is": "Nairobi"}, {"tag": "vip"}, {"segment": 3}, {"campaign": 5, "outcome": ["delivered"], "within_days": 30}, {"received_within_days": 7, "channel": "sms"} or {"never_written_to": true}. README.md lists fields and comparisons'

const rule = object<NewSegment['rule']>({ description: ruleWords, example: ruleExample })

export const segmentBody = t.Object({ name, rule }, { ...strict, title: 'NewSegment' })
export const segmentChanges = t.Object(
  { name: t.Optional(name), rule: t.Optional(rule) },
  { ...strict, title: 'SegmentChanges', minProperties: 1 },
)
export const previewBody = t.Object(
  {
    rule: t.Optional(rule),
    segment_id: t.Optional(id({ description: 'Id of a segment, in place of a rule', example: 1 })),
  },
  { ...strict, title: 'SegmentPreviewRequest', minProperties: 1 },
)
export type PreviewRequest = Static<typeof previewBody>

export const segmentPath = t.Object({
  id: digits({ min: 1, max: MAX_ID, description: 'Id of the segment', example: 1 }),
})

export const listQuery = t.Object(
  {
    ...pageQuery,
    q: t.Optional(searchText('Only segments whose name contains each of these words, in any case', 'nairobi')),
  },
  strict,
)

export const segmentDetails = t.Object(
  {
    id: t.Integer(),
    name: t.String(),
    rule: t.Any({ description: 'The rule as it was given' }),
    created_at: utcTime('Time at which it was created'),
    updated_at: utcTime('Time of its last change'),
    used_by: t.Array(segmentUse, {
      description: 'Everything that uses the segment: it cannot be deleted before these are changed or deleted',
    }),
  },
  { title: 'Segment' },
)
export const segmentPage = t.Object(
  { data: t.Array(segmentDetails), pagination: paginationSchema },
  { title: 'SegmentPage' },
)

const sampleCustomer = t.Object(
  {
    id: t.Integer(),
    first_name: orNull(t.String()),
    last_name: orNull(t.String()),
    phone: t.String({ description: 'E.164' }),
    location: orNull(t.String()),
    prefered_product: orNull(t.String()),
    language: orNull(t.String()),
    time_zone: orNull(t.String()),
    tags: t.Array(t.String()),
    attributes: t.Any({ description: 'Values by the names of attributes' }),
    suppressed: t.Array(
      t.Object(
        { channel: t.String({ enum: [...channels] }), reason: t.String({ enum: [...suppressionReasons] }) },
        { title: 'SuppressedOn' },
      ),
      { description: 'Channels on which nothing is sent to the phone, and why' },
    ),
  },
  { title: 'SegmentCustomer' },
)
export const segmentPreview = t.Object(
  {
    count: t.Integer({ description: 'Exact number of customers who fit' }),
    sample: t.Array(sampleCustomer, { description: 'The first 10 of them, in the order of their ids' }),
  },
  { title: 'SegmentPreview' },
)
