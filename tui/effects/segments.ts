/** Loads segments, counts the people in the selected one, and finds the names that its rule needs. */
import { namedIn } from '../../core/messaging/segments/words.ts'
import { call } from '../api.ts'
import { nameOf, type Segment } from '../state/segments.ts'
import type { Action, State } from '../state/state.ts'
import { problemText, type Tools } from './browse.ts'
import { openLoader } from './loader.ts'

/** Pause on a line, in milliseconds, before its people are counted, which may cost the server a scan of all customers. */
const PAUSE_MS = 300

/** The segment that the screen is about. */
export const segmentOf = ({ screen, segments }: State): Segment | undefined => {
  if (screen === 'segments') return segments.rows[segments.selected]
  return screen === 'segment' ? segments.open : undefined
}

export function openSegments(tools: Tools) {
  const list = openLoader(() => loadList(tools))
  const people = openLoader(() => loadPeople(tools))
  let timer: ReturnType<typeof setTimeout> | undefined
  const look = (segment: Segment | undefined) => {
    clearTimeout(timer)
    if (!segment) return
    void loadNames(tools, segment)
    timer = setTimeout(() => people.now(), PAUSE_MS)
  }
  return {
    after: (action: Action, now: State, before: State) => {
      if (now.screen !== 'segments' && now.screen !== 'segment') return clearTimeout(timer)
      const isAsked = action.type === 'reload'
      const isNew = now.screen !== before.screen || now.segments.query !== before.segments.query
      if (isAsked || isNew) list.now()
      // A server where nothing is sent sends no snapshots.
      else if (action.type === 'snapshot' || action.type === 'tick') list.soon()
      const [a, b] = [segmentOf(now), segmentOf(before)]
      if (isAsked || a?.id !== b?.id || a?.updated_at !== b?.updated_at) look(a)
    },
    stop: () => {
      clearTimeout(timer)
      list.stop()
      people.stop()
    },
  }
}

/** Loads the page of the list, or the segment that is open. */
async function loadList({ client, get, dispatch }: Tools): Promise<void> {
  const { screen, segments } = get()
  const { query, open } = segments
  const problem = (message: string) => dispatch({ type: 'segments.problem', message })
  if (screen === 'segment' && open) {
    const shown = await call(() => client().segments({ id: open.id }).get())
    if (get().segments.open?.id !== open.id) return
    return shown.ok
      ? dispatch({ type: 'segments.shown', segment: shown.data })
      : problem(problemText(shown, 'segments'))
  }
  const asked = { page: String(query.page), page_size: String(query.size), ...(query.q && { q: query.q }) }
  const page = await call(() => client().segments.get({ query: asked }))
  if (page.ok) dispatch({ type: 'segments.loaded', query, page: page.data })
  else problem(problemText(page, 'segments'))
}

async function loadPeople({ client, get, dispatch }: Tools): Promise<void> {
  const segment = segmentOf(get())
  if (!segment) return
  const { id } = segment
  const result = await call(() => client().segments.preview.post({ segment_id: id }))
  const people = result.ok ? result.data : { problem: problemText(result, 'segments') }
  dispatch({ type: 'segments.people', id, people })
}

/** Finds names that are not known yet; one that cannot be found stays an id. */
async function loadNames({ client, get, dispatch }: Tools, { rule }: Segment): Promise<void> {
  const named = namedIn(rule)
  const { names } = get().segments
  const [segments, campaigns] = await Promise.all([
    Promise.all(
      named.segments.filter((id) => !names.segments.has(id)).map((id) => call(() => client().segments({ id }).get())),
    ),
    Promise.all(
      named.campaigns
        .filter((id) => !names.campaigns.has(id))
        .map((id) => call(() => client().campaigns({ id }).get())),
    ),
  ])
  if (segments.length + campaigns.length === 0) return
  dispatch({
    type: 'segments.named',
    segments: segments.flatMap((one) => (one.ok ? [nameOf(one.data)] : [])),
    campaigns: campaigns.flatMap((one) => (one.ok ? [nameOf(one.data)] : [])),
  })
}
