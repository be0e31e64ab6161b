/** Tries a campaign of the form before it is sent: saves it as a draft, and asks the server what sending it would do. */
import { type Client, call, type Result } from '../api.ts'
import type { Tried } from '../state/dry-run.ts'
import { audienceSpec, type Form, parseWhen } from '../state/form.ts'
import { batchesOf } from './audience.ts'
import { problemText, type Tools } from './browse.ts'

export async function tryForm({ client, dispatch }: Tools, form: Form): Promise<void> {
  // Without its time: a campaign whose time comes without recipients would start.
  const saved = await saveForm(client(), form, false)
  if (!saved.ok) return dispatch({ type: 'form.problem', message: problemText(saved, 'campaigns') })
  const { id } = saved.data
  dispatch({ type: 'form.draft', id })
  dispatch({ type: 'ask.tried', tried: await dryRun(client(), id, form) })
}

/** Creates the campaign of the form, or changes the draft that was made of it before. */
export async function saveForm(
  client: Client,
  form: Form,
  withTime: boolean,
): Promise<Result<{ readonly id: number; readonly name: string }>> {
  const when = parseWhen(form.texts.when.text, Date.now())
  const body = {
    name: form.texts.name.text.trim(),
    channel: form.channel,
    purpose: form.purpose,
    base_template: form.texts.template.text,
    ...(withTime && 'at' in when && when.at !== null && { scheduled_at: when.at }),
  }
  const draft = form.draft === undefined ? undefined : client.campaigns({ id: form.draft })
  // Somebody may have deleted it meanwhile.
  const isThere = draft !== undefined && (await call(() => draft.get())).ok
  return draft && isThere ? call(() => draft.patch(body)) : call(() => client.campaigns.post(body))
}

/** @returns undefined if this server has no dry run */
async function dryRun(client: Client, id: number, form: Form): Promise<Tried | undefined> {
  const asked = await requestOf(client, form)
  if (!asked.ok) return { problem: problemText(asked, 'customers') }
  const { body, isPart } = asked.data
  const result = await call(() => client.campaigns({ id })['dry-run'].post(body))
  if (result.ok) return { dryRun: result.data, isPart }
  return result.kind === 'absent' ? undefined : { problem: problemText(result, 'campaigns') }
}

interface DryRunRequest {
  readonly body: { customer_ids: number[] } | { audience: NonNullable<ReturnType<typeof audienceSpec>> }
  readonly isPart: boolean
}

/** As the first call to /send has it: a dry run takes one call. */
async function requestOf(client: Client, form: Form): Promise<Result<DryRunRequest>> {
  const audience = audienceSpec(form)
  if (audience) return { ok: true, data: { body: { audience }, isPart: false } }
  for await (const batch of batchesOf(client, form, undefined)) {
    if (!batch.ok) return batch
    return { ok: true, data: { body: { customer_ids: [...batch.data.ids] }, isPart: batch.data.more } }
  }
  return { ok: false, kind: 'refused', message: 'It has no recipients' }
}
