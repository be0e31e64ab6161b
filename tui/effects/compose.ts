/** The form for a new campaign: counts its recipients and previews it while it is written, and sends it in the end. */
import { type Client, call, type Result } from '../api.ts'
import { personName } from '../facts.ts'
import { ruleOf } from '../state/choice.ts'
import { type Audience, audienceSpec, type Form, isSameAudience, isSameWork, parseIds } from '../state/form.ts'
import type { Action, State } from '../state/state.ts'
import { addRecipients, continueAdding, filterOf } from './audience.ts'
import { problemText, type Tools } from './browse.ts'
import { saveForm, tryForm } from './dry-run.ts'

/** Pause in typing, in milliseconds, before the preview is requested. */
const TYPING_MS = 250

export function openCompose(tools: Tools) {
  let timer: ReturnType<typeof setTimeout> | undefined
  const count = openCount(tools)
  return {
    after: (action: Action, now: State, before: State) => {
      const [a, b] = [now.form, before.form]
      if (a && !isSameWork(a, b)) {
        clearTimeout(timer)
        timer = setTimeout(() => void look(tools, count), TYPING_MS)
      }
      if (action.type === 'ask.send' && a?.busy) void tryForm(tools, a)
      if (action.type === 'send' && a) void handIn(tools, a)
      if (action.type === 'audience.continue' && before.stopped) void continueAdding(tools, before.stopped)
    },
    stop: () => clearTimeout(timer),
  }
}

async function look(tools: Tools, count: Count): Promise<void> {
  const { form } = tools.get()
  if (!form) return
  const audience = form.audience ?? (await count(form))
  if (audience && form.texts.template.text.trim() && isSameWork(form, tools.get().form))
    await preview(tools, form, audience)
}

/** Counts the recipients of the form. @returns undefined after a problem, or if the form has other recipients by then */
type Count = (form: Form) => Promise<Audience | undefined>

/** Counts an audience once, however much else is typed meanwhile: it may cost the server a scan of all customers. */
function openCount({ client, get, dispatch }: Tools): Count {
  let running: { readonly form: Form; readonly result: Promise<Result<Audience>> } | undefined
  return async (form) => {
    if (!running || !isSameAudience(running.form, form)) running = { form, result: countAudience(client(), form) }
    const mine = running
    const audience = await mine.result
    if (running === mine) running = undefined
    if (!isSameAudience(form, get().form)) return undefined
    if (audience.ok) dispatch({ type: 'form.audience', audience: audience.data })
    else dispatch({ type: 'form.audienceProblem', message: problemText(audience, pluginOf(form)) })
    return audience.ok ? audience.data : undefined
  }
}

const pluginOf = (form: Form) => (audienceSpec(form) ? 'segments' : 'customers')

async function countIds(client: Client, text: string): Promise<Result<Audience>> {
  const parsed = parseIds(text)
  if ('problem' in parsed) return { ok: false, kind: 'refused', message: parsed.problem }
  const [id] = parsed.ids
  const customer = id === undefined ? undefined : await call(() => client.customers({ id }).get())
  const sample = customer?.ok ? { id: customer.data.id, name: personName(customer.data) } : undefined
  return { ok: true, data: { count: parsed.ids.length, sample } }
}

async function countAudience(client: Client, form: Form): Promise<Result<Audience>> {
  if (form.mode === 'ids') return countIds(client, form.texts.ids.text)
  const spec = audienceSpec(form)
  if (spec?.segment_ids?.length === 0) return { ok: true, data: { count: 0, sample: undefined } }
  const rule = spec && ruleOf(spec)
  if (rule) {
    const people = await call(() => client.segments.preview.post({ rule }))
    if (!people.ok) return people
    const [first] = people.data.sample
    return { ok: true, data: { count: people.data.count, sample: first && { id: first.id, name: personName(first) } } }
  }
  const filter = form.mode === 'filter' ? filterOf(form) : {}
  const [page, counted] = await Promise.all([
    call(() => client.customers.get({ query: { page_size: '1', ...filter } })),
    call(() => client.customers.count.get({ query: filter })),
  ])
  if (!page.ok) return page
  if (!counted.ok) return counted
  const [first] = page.data.data
  const sample = first && { id: first.id, name: personName(first) }
  return { ok: true, data: { count: form.mode === 'none' ? 0 : counted.data.count, sample } }
}

/** The preview of a text needs the id of some campaign: that of the newest is used. */
async function preview({ client, get, dispatch }: Tools, form: Form, { sample }: Audience): Promise<void> {
  const problem = (message: string) => dispatch({ type: 'form.previewProblem', message })
  if (!sample) return problem('There are no recipients to preview the text for')
  const newest = await call(() => client().campaigns.get({ query: { page_size: '1' } }))
  if (!newest.ok) return problem(problemText(newest, 'campaigns'))
  const [campaign] = newest.data.data
  if (!campaign) return problem('The preview is available once a first campaign exists')
  const body = { customer_id: sample.id, override_template: form.texts.template.text }
  const result = await call(() => client().campaigns({ id: campaign.id })['personalized-preview'].post(body))
  if (!isSameWork(form, get().form)) return
  if (!result.ok) return problem(problemText(result, 'preview'))
  dispatch({ type: 'form.preview', text: result.data.rendered_message, warnings: result.data.warnings ?? [] })
}

/** Creates the campaign, then adds its recipients; after a failed step, the results of earlier ones stay, and the notice says so. */
async function handIn(tools: Tools, form: Form): Promise<void> {
  const { client, get, dispatch } = tools
  dispatch({ type: 'form.busy', text: 'Creating the campaign' })
  const created = await saveForm(client(), form, true)
  if (!created.ok) return dispatch({ type: 'form.problem', message: problemText(created, 'campaigns') })
  const { id, name } = created.data
  const audience = { id, name, added: 0, people: form.audience?.count ?? 0, form, from: undefined }
  await addRecipients(tools, audience, (text) => dispatch({ type: 'form.busy', text }))
  dispatch({ type: 'form.draft', id: undefined })
  if (get().screen !== 'form') return
  dispatch({ type: 'back' })
  dispatch({ type: 'open', id })
}
