/** Position in a list, with buttons to the next and the previous page. */
import type { Page } from '../api/types.ts'
import { count } from '../text/format.ts'
import { Icon } from './icon.tsx'

interface PagerProps {
  readonly pagination: Page<unknown>['pagination']
  readonly onPage: (page: number) => void
}

export function Pager({ pagination, onPage }: PagerProps) {
  const { page, page_size, total_count, total_is_minimum, total_pages } = pagination
  const first = (page - 1) * page_size + 1
  const last = Math.min(page * page_size, total_count)
  return (
    <nav className="pager" aria-label="Pages">
      <p className="muted" aria-live="polite">
        {total_count === 0
          ? 'None'
          : `${count(first)} to ${count(last)} of ${total_is_minimum ? 'more than ' : ''}${count(total_count)}`}
      </p>
      <div className="pager-buttons">
        <button type="button" className="button" disabled={page <= 1} onClick={() => onPage(page - 1)}>
          <Icon name="left" /> Previous
        </button>
        <button type="button" className="button" disabled={page >= total_pages} onClick={() => onPage(page + 1)}>
          Next <Icon name="right" />
        </button>
      </div>
    </nav>
  )
}
