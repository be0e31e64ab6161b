import { Elysia } from 'elysia'
import { AppError, errors } from '../../core/errors.ts'
import { paginated, readPage } from '../../core/http/page.ts'
import { changeDocs, createDocs, listDocs, previewDocs, removeDocs, showDocs } from './docs.ts'
import type { SegmentGrant } from './grant.ts'
import { listQuery, type PreviewRequest, previewBody, segmentBody, segmentChanges, segmentPath } from './schema.ts'
import { viewPreview, viewSegment } from './view.ts'

export const segmentRoutes = ({ messaging: { segments } }: SegmentGrant) =>
  new Elysia({ prefix: '/segments' })
    .post('', async ({ body, status }) => status(201, viewSegment(await segments.insert(body))), {
      parse: 'json',
      body: segmentBody,
      detail: createDocs,
    })
    .get(
      '',
      async ({ query }) => {
        const page = readPage(query)
        const { rows, total } = await segments.list(page, query.q)
        return paginated(rows.map(viewSegment), page, total)
      },
      { query: listQuery, detail: listDocs },
    )
    .post('/preview', async ({ body }) => viewPreview(await preview(segments, body)), {
      parse: 'json',
      body: previewBody,
      detail: previewDocs,
    })
    .get('/:id', async ({ params }) => viewSegment(await segments.get(Number(params.id))), {
      params: segmentPath,
      detail: showDocs,
    })
    .patch('/:id', async ({ params, body }) => viewSegment(await segments.update(Number(params.id), body)), {
      parse: 'json',
      params: segmentPath,
      body: segmentChanges,
      detail: changeDocs,
    })
    .delete('/:id', ({ params }) => remove(segments, Number(params.id)), { params: segmentPath, detail: removeDocs })

type Segments = SegmentGrant['messaging']['segments']

/** @throws AppError INVALID_REQUEST for both, or none */
function preview(segments: Segments, { rule, segment_id }: PreviewRequest) {
  if (rule !== undefined && segment_id === undefined) return segments.previewRule(rule)
  if (rule === undefined && segment_id !== undefined) return segments.previewSegment(segment_id)
  const message =
    rule === undefined
      ? 'The body must hold rule or segment_id'
      : 'segment_id must be absent where there is a rule: {"all": [{"segment": 1}, ...]} is a rule within a segment'
  throw new AppError(errors.INVALID_REQUEST, message, [{ path: rule === undefined ? '' : 'segment_id', message }])
}

async function remove(segments: Segments, id: number): Promise<Response> {
  await segments.delete(id)
  return new Response(null, { status: 204 })
}
