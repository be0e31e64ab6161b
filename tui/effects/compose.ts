/** The form for a new campaign: counts its recipients and previews it while it is written, and sends it in the end. */
import { type Client, call, type Result } from '../api.ts'
import { count } from '../format.ts'
import { type Audience, type Form, parseIds, parseWhen } from '../state/form.ts'
import type { Action, State } from '../state/state.ts'
import { problemText, type Tools } from './browse.ts'

/** A pause in typing of so many milliseconds is waited for. */
const TYPING_MS = 250
/** As many ids as one call to /send takes. */
const BATCH = 100_000

export function openCompose(tools: Tools) {
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    after: (action: Action, now: State, before: State) => {
      const [a, b] = [now.form, before.form]
      if (a && (a.texts !== b?.texts || a.mode !== b.mode)) {
        clearTimeout(timer)
        timer = setTimeout(() => void look(tools), TYPING_MS)
      }
      if (action.type === 'send' && a) void handIn(tools, a)
    },
    stop: () => clearTimeout(timer),
  }
}

async function look(tools: Tools): Promise<void> {
  const { form } = tools.get()
  if (!form) return
  const audience = await countAudience(tools.client(), form)
  if (tools.get().form?.texts !== form.texts) return
  if (!audience.ok) return tools.dispatch({ type: 'form.previewProblem', message: problemText(audience, 'customers') })
  tools.dispatch({ type: 'form.audience', audience: audience.data })
  if (form.texts.template.text.trim()) await preview(tools, form, audience.data)
}

const filterOf = ({ texts }: Form) => ({
  ...(texts.q.text.trim() && { q: texts.q.text.trim() }),
  ...(texts.location.text.trim() && { location: texts.location.text.trim() }),
  ...(texts.product.text.trim() && { prefered_product: texts.product.text.trim() }),
})

async function countAudience(client: Client, form: Form): Promise<Result<Audience>> {
  if (form.mode === 'ids') {
    const parsed = parseIds(form.texts.ids.text)
    if ('problem' in parsed) return { ok: false, kind: 'refused', message: parsed.problem }
    const [id] = parsed.ids
    const found = id === undefined ? undefined : await call(() => client.customers({ id }).get())
    const sample = found?.ok ? { id: found.data.id, name: nameOf(found.data) } : undefined
    return { ok: true, data: { count: parsed.ids.length, sample } }
  }
  const filter = form.mode === 'filter' ? filterOf(form) : {}
  const [found, counted] = await Promise.all([
    call(() => client.customers.get({ query: { page_size: '1', ...filter } })),
    call(() => client.customers.count.get({ query: filter })),
  ])
  if (!found.ok) return found
  if (!counted.ok) return counted
  const [first] = found.data.data
  const sample = first && { id: first.id, name: nameOf(first) }
  return { ok: true, data: { count: form.mode === 'none' ? 0 : counted.data.count, sample } }
}

const nameOf = (customer: { first_name: string | null; last_name: string | null; phone: string }) =>
  [customer.first_name, customer.last_name].filter(Boolean).join(' ') || customer.phone

/** The server renders a text for a customer under any campaign: the newest lends its id. */
async function preview({ client, get, dispatch }: Tools, form: Form, { sample }: Audience): Promise<void> {
  const problem = (message: string) => dispatch({ type: 'form.previewProblem', message })
  if (!sample) return problem('Nobody is chosen to preview it for')
  const newest = await call(() => client().campaigns.get({ query: { page_size: '1' } }))
  if (!newest.ok) return problem(problemText(newest, 'campaigns'))
  const [campaign] = newest.data.data
  if (!campaign) return problem('The preview works once there is a first campaign')
  const body = { customer_id: sample.id, override_template: form.texts.template.text }
  const result = await call(() => client().campaigns({ id: campaign.id })['personalized-preview'].post(body))
  if (get().form?.texts !== form.texts) return
  if (!result.ok) return problem(problemText(result, 'preview'))
  dispatch({ type: 'form.preview', text: result.data.rendered_message, warnings: result.data.warnings ?? [] })
}

/** Creates it, then gives it its recipients; a step that fails leaves what there is, and says where it stands. */
async function handIn({ client, get, dispatch }: Tools, form: Form): Promise<void> {
  const when = parseWhen(form.texts.when.text, Date.now())
  const body = {
    name: form.texts.name.text.trim(),
    channel: form.channel,
    base_template: form.texts.template.text,
    ...('at' in when && when.at !== null && { scheduled_at: when.at }),
  }
  dispatch({ type: 'form.busy', text: 'Creating the campaign' })
  const made = await call(() => client().campaigns.post(body))
  if (!made.ok) return dispatch({ type: 'form.problem', message: problemText(made, 'campaigns') })
  const { id, name } = made.data
  const say = (tone: 'good' | 'bad', text: string) => dispatch({ type: 'notice', tone, text, now: Date.now() })
  const leave = () => {
    if (get().screen !== 'form') return
    dispatch({ type: 'back' })
    dispatch({ type: 'open', id })
  }
  let queued = 0
  const stop = (failure: Exclude<Result<unknown>, { ok: true }>, of: 'customers' | 'campaigns') => {
    say('bad', stoppedText({ id, name, queued, people: form.audience?.count ?? 0, problem: problemText(failure, of) }))
    leave()
  }
  for await (const batch of batchesOf(client(), form)) {
    if (!batch.ok) return stop(batch, 'customers')
    const { ids, more } = batch.data
    dispatch({ type: 'form.busy', text: `Recipients are still being added: ${count(queued)} so far` })
    const sent = await addTo(client(), id, ids, more)
    if (!sent.ok) return stop(sent, 'campaigns')
    queued += sent.data
  }
  say(
    'good',
    queued > 0 ? `#${id} ${name}: ${count(queued)} recipients queued` : `#${id} ${name} was created without recipients`,
  )
  leave()
}

interface Stopped {
  readonly id: number
  readonly name: string
  readonly queued: number
  /** In the whole audience, as the form counted it. */
  readonly people: number
  readonly problem: string
}

/** One line: how many have no message yet, and the way to give them one. */
export function stoppedText({ id, name, queued, people, problem }: Stopped): string {
  const missing = Math.max(0, people - queued)
  if (queued === 0) return `#${id} ${name} was created without recipients: ${problem}`
  const rest =
    missing > 0 ? `${count(missing)} of ${count(people)} recipients are missing` : 'Recipients may be missing'
  return `${rest} in #${id} ${name}: call /campaigns/${id}/send for them, or /close-audience. ${problem}`
}

interface Batch {
  readonly ids: readonly number[]
  /** Others follow: the campaign must not end in between. */
  readonly more: boolean
}

/** @returns how many were new to the campaign */
async function addTo(client: Client, id: number, ids: readonly number[], more: boolean): Promise<Result<number>> {
  const campaign = client.campaigns({ id })
  if (ids.length === 0) {
    const closed = await call(() => campaign['close-audience'].post())
    return closed.ok ? { ok: true, data: 0 } : closed
  }
  const sent = await call(() => campaign.send.post({ customer_ids: [...ids], more }))
  return sent.ok ? { ok: true, data: sent.data.messages_queued } : sent
}

/** The recipients' ids, as many at a time as one call takes. Only the last batch may be empty, and only after others. */
async function* batchesOf(client: Client, form: Form): AsyncGenerator<Result<Batch>> {
  if (form.mode === 'none') return
  if (form.mode === 'ids') {
    const parsed = parseIds(form.texts.ids.text)
    if ('problem' in parsed) return yield { ok: false, kind: 'refused', message: parsed.problem }
    for (let at = 0; at < parsed.ids.length; at += BATCH)
      yield { ok: true, data: { ids: parsed.ids.slice(at, at + BATCH), more: at + BATCH < parsed.ids.length } }
    return
  }
  let opened = false
  for (let cursor: string | undefined; ; ) {
    const page = await call(() => client.customers.ids.get({ query: { ...filterOf(form), ...(cursor && { cursor }) } }))
    if (!page.ok) return yield page
    const { data: ids, next_cursor } = page.data
    const more = next_cursor !== null
    if (ids.length > 0 || (opened && !more)) yield { ok: true, data: { ids, more } }
    if (next_cursor === null) return
    opened ||= ids.length > 0
    cursor = next_cursor
  }
}
