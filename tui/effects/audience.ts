/** Adds a campaign's recipients in as many calls as they need; an interrupted audience can be continued where it stopped. */
import { isEditable } from '../../core/messaging/campaign/status.ts'
import { type Client, call, type Failure, type Result } from '../api.ts'
import { count } from '../format.ts'
import { type Audience, stoppedText } from '../state/audience.ts'
import { audienceSpec, type Form, parseIds, selectsLater } from '../state/form.ts'
import { problemText, type Tools } from './browse.ts'

/** Largest number of ids per call to /send. */
const BATCH = 100_000

/** Adds the remaining recipients, and shows the result. @param onProgress called before each call to the API */
export async function addRecipients(
  { client, dispatch }: Tools,
  audience: Audience,
  onProgress: (text: string) => void,
): Promise<void> {
  const { id, name, people } = audience
  const spec = audienceSpec(audience.form)
  let { added, from } = audience
  const notify = (tone: 'good' | 'bad', text: string) => dispatch({ type: 'notice', tone, text, now: Date.now() })
  const stop = (failure: Failure, plugin: string) => {
    const problem = problemText(failure, plugin)
    const nothing = added === 0 && failure.kind !== 'lost' && failure.kind !== 'unauthorized'
    if (nothing) return notify('bad', `#${id} ${name} was created without recipients: ${problem}`)
    const stopped = { ...audience, added, from }
    dispatch({ type: 'audience.stopped', audience: stopped })
    notify('bad', `${stoppedText(stopped)}. ${problem}`)
  }
  const isEmpty = audience.form.audience?.count === 0 && !selectsLater(audience.form, Date.now())
  if (spec && !isEmpty) {
    onProgress('Giving the campaign its audience')
    const selected = await call(() => client().campaigns({ id }).send.post({ audience: spec }))
    return selected.ok ? notify('good', selectedText(audience, selected.data.status)) : stop(selected, 'campaigns')
  }
  for await (const batch of batchesOf(client(), audience.form, from)) {
    if (!batch.ok) return stop(batch, 'customers')
    onProgress(`Recipients are still being added: ${count(added)}${people > 0 ? ` of ${count(people)}` : ''}`)
    const sent = await addTo(client(), id, batch.data)
    if (!sent.ok) return stop(sent, 'campaigns')
    added += batch.data.ids.length
    from = batch.data.next
  }
  notify(
    'good',
    added > 0 ? `#${id} ${name}: ${count(added)} recipients added` : `#${id} ${name} was created without recipients`,
  )
}

/** The server selects the recipients, beginning when the campaign starts. */
const selectedText = ({ id, name }: Audience, status: string): string =>
  status === 'scheduled'
    ? `#${id} ${name}: recipients are selected when it starts`
    : `#${id} ${name}: recipients are still being added`

/** Continues an interrupted audience, unless it was closed meanwhile: then nobody may be added. */
export async function continueAdding(tools: Tools, audience: Audience): Promise<void> {
  const { client, dispatch } = tools
  const { id, name } = audience
  const notify = (tone: 'good' | 'warn' | 'bad', text: string) =>
    dispatch({ type: 'notice', tone, text, now: Date.now() })
  const campaign = await call(() => client().campaigns({ id }).get())
  if (!campaign.ok) {
    dispatch({ type: 'audience.stopped', audience })
    return notify('bad', `${stoppedText(audience)}. ${problemText(campaign, 'campaigns')}`)
  }
  const { audience_open, status, stats, queueing } = campaign.data
  // The call whose answer was lost has arrived.
  if (queueing) return notify('good', selectedText(audience, status))
  const unsent = stats.total === 0 && isEditable(status)
  if (!audience_open && !unsent)
    return notify('warn', `The audience of #${id} ${name} is closed, with ${count(stats.total)} recipients`)
  await addRecipients(tools, audience, (text) => dispatch({ type: 'notice', tone: 'good', text, now: Date.now() }))
  dispatch({ type: 'reload' })
}

export const filterOf = ({ texts }: Form) => ({
  ...(texts.q.text.trim() && { q: texts.q.text.trim() }),
  ...(texts.location.text.trim() && { location: texts.location.text.trim() }),
  ...(texts.product.text.trim() && { prefered_product: texts.product.text.trim() }),
  ...(texts.tag.text.trim() && { tag: texts.tag.text.trim() }),
  ...(texts.attribute.text.trim() && { attribute: texts.attribute.text.trim() }),
})

interface Batch {
  readonly ids: readonly number[]
  /** True if more calls follow: the campaign must not end in between. */
  readonly more: boolean
  /** Position after this batch. */
  readonly next: string | undefined
}

async function addTo(client: Client, id: number, { ids, more }: Batch): Promise<Result<unknown>> {
  const campaign = client.campaigns({ id })
  return ids.length === 0
    ? call(() => campaign['close-audience'].post())
    : call(() => campaign.send.post({ customer_ids: [...ids], more }))
}

/**
 * The recipients' ids in batches, one per call. Only the last batch may be empty, and only after others.
 * @param from position of the first batch; undefined at the beginning
 */
export async function* batchesOf(client: Client, form: Form, from: string | undefined): AsyncGenerator<Result<Batch>> {
  if (form.mode === 'none' || audienceSpec(form)) return
  if (form.mode === 'ids') {
    const parsed = parseIds(form.texts.ids.text)
    if ('problem' in parsed) return yield { ok: false, kind: 'refused', message: parsed.problem }
    const { ids } = parsed
    for (let at = Number(from ?? 0); at < ids.length; at += BATCH) {
      const end = at + BATCH
      yield { ok: true, data: { ids: ids.slice(at, end), more: end < ids.length, next: String(end) } }
    }
    return
  }
  let opened = from !== undefined
  for (let cursor = from; ; ) {
    const page = await call(() => client.customers.ids.get({ query: { ...filterOf(form), ...(cursor && { cursor }) } }))
    if (!page.ok) return yield page
    const { data: ids, next_cursor } = page.data
    const next = next_cursor ?? undefined
    const more = next !== undefined
    if (ids.length > 0 || (opened && !more)) yield { ok: true, data: { ids, more, next } }
    if (!more) return
    opened ||= ids.length > 0
    cursor = next
  }
}
