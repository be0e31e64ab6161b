/** Page number of a list that is read by cursors, with buttons to the next and the previous page. */
import type { CursorList } from '../hooks/use-cursor-list.ts'
import { plural } from '../text/format.ts'
import { Icon } from './icon.tsx'

interface CursorPagerProps {
  readonly list: CursorList<unknown>
  /** Name of a row, such as "recipient". */
  readonly noun: string
}

export function CursorPager({ list, noun }: CursorPagerProps) {
  return (
    <nav className="pager" aria-label={`Pages of ${noun}s`}>
      <p className="muted" aria-live="polite">
        Page {list.page}
        {list.rows && `, ${plural(list.rows.length, noun)}`}
      </p>
      <div className="pager-buttons">
        <button type="button" className="button" disabled={list.page === 1} onClick={list.previous}>
          <Icon name="left" /> Previous
        </button>
        <button type="button" className="button" disabled={!list.hasNext} onClick={list.next}>
          Next <Icon name="right" />
        </button>
      </div>
    </nav>
  )
}
