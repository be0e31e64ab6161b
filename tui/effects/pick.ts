/** Loads the segments that are picked from, as a name is searched. */
import { call } from '../api.ts'
import type { Action, State } from '../state/state.ts'
import { problemText, type Tools } from './browse.ts'

/** Pause in typing, in milliseconds, before they are searched. */
const TYPING_MS = 200
/** Segments that are loaded; a search finds the others. */
const MOST = 50

const searchOf = ({ overlay }: State) => (overlay?.kind === 'pick' ? overlay.input.text : undefined)

export function openPicking(tools: Tools) {
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    after: (_: Action, now: State, before: State) => {
      const [q, old] = [searchOf(now), searchOf(before)]
      if (q === old) return
      clearTimeout(timer)
      if (q !== undefined) timer = setTimeout(() => void load(tools, q), old === undefined ? 0 : TYPING_MS)
    },
    stop: () => clearTimeout(timer),
  }
}

async function load({ client, dispatch }: Tools, q: string): Promise<void> {
  const words = q.trim()
  const query = { page_size: String(MOST), ...(words && { q: words }) }
  const page = await call(() => client().segments.get({ query }))
  if (!page.ok) return dispatch({ type: 'pick.problem', message: problemText(page, 'segments') })
  const { data: rows, pagination } = page.data
  dispatch({ type: 'pick.loaded', q, rows, count: pagination.total_count })
}
