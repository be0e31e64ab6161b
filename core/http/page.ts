/** Paging by page number, the same for every list that has it. */
import { t } from 'elysia'
import { digits } from './fields.ts'

export const MAX_PAGE_SIZE = 100
const DEFAULT_PAGE_SIZE = 20
/** So that the number of rows to skip stays within what PostgreSQL and JavaScript count exactly. */
const MAX_PAGE = 1_000_000

export interface Page {
  readonly page: number
  readonly page_size: number
}

/** The query parameters of a list, to spread into its own. */
export const pageQuery = {
  page: t.Optional(digits({ min: 1, max: MAX_PAGE, description: 'Page number, starting at 1', example: 1 })),
  page_size: t.Optional(
    digits({
      min: 1,
      description: `Items per page; default: ${DEFAULT_PAGE_SIZE}, at most ${MAX_PAGE_SIZE}: a higher number counts as ${MAX_PAGE_SIZE}`,
      example: DEFAULT_PAGE_SIZE,
    }),
  ),
}

export const paginationSchema = t.Object(
  {
    page: t.Integer(),
    page_size: t.Integer(),
    total_count: t.Integer(),
    total_is_minimum: t.Optional(
      t.Boolean({ description: 'True if there are more items than total_count: counting a search stops at 10,000' }),
    ),
    total_pages: t.Integer(),
  },
  { title: 'Pagination' },
)

export function readPage(query: { readonly page?: string; readonly page_size?: string }): Page {
  const size = Number(query.page_size ?? DEFAULT_PAGE_SIZE)
  return { page: Number(query.page ?? 1), page_size: Math.min(size, MAX_PAGE_SIZE) }
}

export const offsetOf = ({ page, page_size }: Page): number => (page - 1) * page_size

/** Items on all pages; `more` where there are more than were counted. */
export interface Total {
  readonly count: number
  readonly more?: boolean
}

export function paginated<T>(data: readonly T[], { page, page_size }: Page, { count, more = false }: Total) {
  const pagination = { page, page_size, total_count: count, total_pages: Math.ceil(count / page_size) }
  return { data, pagination: { ...pagination, ...(more && { total_is_minimum: true }) } }
}
