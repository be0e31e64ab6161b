/** Loads the data of the campaign screens, and keeps it up to date. */
import { type Client, call, type Failure } from '../api.ts'
import type { Recipient } from '../state/campaign.ts'
import type { Action, State } from '../state/state.ts'
import { type Loader, openLoader } from './loader.ts'

export interface Tools {
  readonly client: () => Client
  readonly get: () => State
  readonly dispatch: (action: Action) => void
}

/** Smallest number of rows with which the overview shows recent campaigns. */
const ROOMY_ROWS = 36

/** The failure in words, with its remedy. */
export function problemText(failure: Failure, plugin: string): string {
  if (failure.kind === 'absent') return `This server does not run the plugin "${plugin}" (PLUGINS)`
  if (failure.kind === 'lost') return `No response: ${failure.message}`
  return failure.message
}

const withoutEmpty = <T extends Readonly<Record<string, string>>>(query: T): Partial<T> =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== '')) as Partial<T>

export function openBrowse(tools: Tools) {
  const list = openLoader(() => loadList(tools))
  const detail = openLoader(() => loadCampaign(tools))
  const recipients = openLoader(() => loadRecipients(tools))
  const failures = openLoader(() => loadFailures(tools))
  const preview = openLoader(() => loadPreview(tools))
  const senders = openLoader(() => loadSenders(tools))
  const loadersOf = ({ screen, rows, detail: campaign }: State): readonly Loader[] => {
    if (screen === 'campaigns' || (screen === 'overview' && rows >= ROOMY_ROWS)) return [list]
    if (screen === 'senders') return [senders]
    if (screen !== 'campaign' || !campaign) return []
    return [detail, { recipients, failures, template: preview }[campaign.tab]]
  }
  const all = [list, detail, recipients, failures, preview, senders]
  return {
    after: (action: Action, now: State, before: State) => {
      if (action.type === 'reload' || isNew(now, before)) for (const one of loadersOf(now)) one.now()
      else if (action.type === 'snapshot') for (const one of loadersOf(now)) if (one !== preview) one.soon()
      if (now.detail && now.detail.customer !== before.detail?.customer) preview.now()
    },
    stop: () => {
      for (const one of all) one.stop()
    },
  }
}

/** True if another screen or other rows are requested. */
function isNew(now: State, before: State): boolean {
  if (now.screen !== before.screen) return true
  if (now.screen === 'campaigns') return now.list.query !== before.list.query
  const [a, b] = [now.detail, before.detail]
  return now.screen === 'campaign' && (a?.id !== b?.id || a?.tab !== b?.tab || a?.cursors !== b?.cursors)
}

async function loadList({ client, get, dispatch }: Tools): Promise<void> {
  const { query } = get().list
  const { page, size, status, channel, sort, q } = query
  const parameters = { page: String(page), page_size: String(size), sort, ...withoutEmpty({ status, channel, q }) }
  const result = await call(() => client().campaigns.get({ query: parameters as never }))
  if (result.ok) dispatch({ type: 'list.loaded', query, page: result.data })
  else dispatch({ type: 'list.problem', message: problemText(result, 'campaigns') })
}

async function loadSenders({ client, dispatch }: Tools): Promise<void> {
  const [senders, routes] = await Promise.all([call(() => client().senders.get()), call(() => client().routes.get())])
  if (senders.ok && routes.ok)
    dispatch({ type: 'senders.loaded', rows: senders.data.senders, routes: routes.data.routes })
  for (const result of [senders, routes])
    if (!result.ok) return dispatch({ type: 'senders.problem', message: problemText(result, 'senders') })
}

async function loadCampaign({ client, get, dispatch }: Tools): Promise<void> {
  const { detail } = get()
  if (!detail) return
  const result = await call(() => client().campaigns({ id: detail.id }).get())
  if (get().detail?.id !== detail.id) return
  if (result.ok) dispatch({ type: 'detail.campaign', campaign: result.data })
  else dispatch({ type: 'detail.problem', message: problemText(result, 'campaigns') })
}

/** Fills the page before it is shown: with a filter, an answer may hold few rows or none, and yet not be the last. */
async function loadRecipients({ client, get, dispatch }: Tools): Promise<void> {
  const { detail } = get()
  if (!detail) return
  const { id, filter: status, q, size } = detail
  const from = detail.cursors.at(-1)
  let cursor: string | undefined = from
  const rows: Recipient[] = []
  for (;;) {
    const query = {
      limit: String(size - rows.length),
      ...withoutEmpty({ status, q }),
      ...(cursor !== undefined && { cursor }),
    }
    const result = await call(() =>
      client()
        .campaigns({ id })
        .messages.get({ query: query as never }),
    )
    if (get().detail?.id !== id) return
    if (!result.ok) return dispatch({ type: 'detail.problem', message: problemText(result, 'campaigns') })
    rows.push(...result.data.data)
    const next: string | null = result.data.next_cursor
    if (next === null || rows.length >= size || get().detail?.cursors !== detail.cursors)
      return dispatch({ type: 'detail.recipients', cursor: from, rows, next })
    cursor = next
  }
}

async function loadFailures({ client, get, dispatch }: Tools): Promise<void> {
  const { detail } = get()
  if (!detail) return
  const result = await call(() => client().campaigns({ id: detail.id }).failures.get())
  if (get().detail?.id !== detail.id) return
  if (result.ok) dispatch({ type: 'detail.failures', failures: result.data.failures })
  else dispatch({ type: 'detail.problem', message: problemText(result, 'control') })
}

/** Previews for the customer that was typed, else the first recipient, else the first customer. */
async function loadPreview({ client, get, dispatch }: Tools): Promise<void> {
  const { detail } = get()
  if (!detail) return
  const customer = Number(detail.customer.text) || detail.recipients[0]?.customer?.id || (await firstCustomer(client()))
  if (!customer)
    return dispatch({ type: 'detail.previewProblem', message: 'There are no customers to preview the text for' })
  const ask = () => client().campaigns({ id: detail.id })['personalized-preview'].post({ customer_id: customer })
  const result = await call(ask)
  if (get().detail?.id !== detail.id) return
  if (result.ok) dispatch({ type: 'detail.preview', preview: result.data })
  else dispatch({ type: 'detail.previewProblem', message: problemText(result, 'preview') })
}

async function firstCustomer(client: Client): Promise<number | undefined> {
  const page = await call(() => client.customers.get({ query: { page_size: '1' } }))
  return page.ok ? page.data.data[0]?.id : undefined
}
