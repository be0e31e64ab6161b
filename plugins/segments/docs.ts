/** Documentation of the segment routes. */
import { errors } from '../../core/errors.ts'
import { route } from '../../core/http/route.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import { ruleExample, segmentDetails, segmentPage, segmentPreview } from './schema.ts'

const tag = 'Segments'

const example = {
  id: 1,
  name: 'Customers in Nairobi',
  rule: ruleExample,
  created_at: '2030-01-01T08:15:30.123Z',
  updated_at: '2030-01-01T08:15:30.123Z',
  used_by: [],
}

const previewExample = {
  count: 1737,
  sample: [
    {
      id: 1,
      first_name: 'Amina',
      last_name: 'Otieno',
      phone: '+254712345678',
      location: 'Nairobi',
      prefered_product: null,
      language: 'sw',
      time_zone: 'Africa/Nairobi',
      tags: ['vip'],
      attributes: { points: 120 },
      suppressed: [],
    },
  ],
}

export const createDocs = route({
  scope: 'segments:write',
  tag,
  summary: 'Create a segment',
  description:
    'Creates a segment: a name for a rule that says which customers it holds. A rule may name segments, but not lead back to its own, and may have 200 conditions together with those of the segments that it names.',
  answers: [{ status: 201, description: 'The segment', schema: segmentDetails, example }],
  errors: [errors.INVALID_REQUEST, messagingErrors.SEGMENT_EXISTS],
  body: true,
})

export const listDocs = route({
  scope: 'segments:read',
  tag,
  summary: 'List segments',
  description: 'Returns a page of segments, newest first.',
  answers: [
    {
      status: 200,
      description: 'A page of segments',
      schema: segmentPage,
      example: { data: [example], pagination: { page: 1, page_size: 20, total_count: 1, total_pages: 1 } },
    },
  ],
  errors: [errors.INVALID_REQUEST],
})

export const previewDocs = route({
  scope: 'customers:read',
  tag,
  summary: 'Preview a segment',
  description:
    'Counts the customers who fit a rule, or are in a segment, and returns the first 10 of them. Nothing is stored.',
  answers: [{ status: 200, description: 'The number of customers', schema: segmentPreview, example: previewExample }],
  errors: [errors.INVALID_REQUEST, messagingErrors.SEGMENT_NOT_FOUND, messagingErrors.RULE_TOO_SLOW],
  body: true,
})

export const showDocs = route({
  scope: 'segments:read',
  tag,
  summary: 'Get a segment',
  description: 'Returns a segment by id.',
  answers: [{ status: 200, description: 'The segment', schema: segmentDetails, example }],
  errors: [errors.INVALID_REQUEST, messagingErrors.SEGMENT_NOT_FOUND],
})

export const changeDocs = route({
  scope: 'segments:write',
  tag,
  summary: 'Update a segment',
  description:
    'Changes a segment. Omitted fields keep their values. A rule that would make another segment unusable, which names this one, is refused.',
  answers: [{ status: 200, description: 'The updated segment', schema: segmentDetails, example }],
  errors: [errors.INVALID_REQUEST, messagingErrors.SEGMENT_NOT_FOUND, messagingErrors.SEGMENT_EXISTS],
  body: true,
})

export const removeDocs = route({
  scope: 'segments:write',
  tag,
  summary: 'Delete a segment',
  description: 'Deletes a segment that nothing uses.',
  answers: [{ status: 204, description: 'The segment is deleted' }],
  errors: [errors.INVALID_REQUEST, messagingErrors.SEGMENT_NOT_FOUND, messagingErrors.SEGMENT_IN_USE],
})
