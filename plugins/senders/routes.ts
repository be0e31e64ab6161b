import { Elysia } from 'elysia'
import { AppError } from '../../core/errors.ts'
import { idOf } from '../../core/http/edge.ts'
import { principalOf } from '../../core/http/principal.ts'
import { isoTime } from '../../core/http/time.ts'
import { messagingErrors } from '../../core/messaging/errors.ts'
import type { AccountCheck } from '../../core/messaging/senders/contract.ts'
import type { RouteView, SenderView } from '../../core/messaging/senders/sender-service.ts'
import type { SendersGrant } from './grant.ts'
import {
  changeBody,
  changeDocs,
  checkDocs,
  getDocs,
  listDocs,
  routeBody,
  routePath,
  routesDocs,
  senderPath,
  setRouteDocs,
  templatesDocs,
} from './schema.ts'

export const senderRoutes = (grant: SendersGrant) => {
  const { senderStates } = grant.messaging
  return new Elysia()
    .get('/senders', async () => ({ senders: (await senderStates.list()).map(viewSender) }), { detail: listDocs })
    .get('/senders/:name', async ({ params }) => viewSender(await senderStates.get(params.name)), {
      params: senderPath,
      detail: getDocs,
    })
    .patch(
      '/senders/:name',
      async ({ params, body, request }) => {
        const changed = await senderStates.change(params.name, body, principalOf(request).actor)
        grant.log.info({ request_id: idOf(request), sender: params.name, ...body }, 'Sender changed')
        await grant.wakeUps.notify('ready')
        return viewSender(changed)
      },
      { parse: 'json', params: senderPath, body: changeBody, detail: changeDocs },
    )
    .get(
      '/senders/:name/check',
      async ({ params }) => {
        await senderStates.get(params.name)
        return { name: params.name, ...(await checkAccount(grant, params.name)) }
      },
      { params: senderPath, detail: checkDocs },
    )
    .get(
      '/senders/:name/templates',
      async ({ params }) => {
        await senderStates.get(params.name)
        return { name: params.name, ...(await listTemplates(grant, params.name)) }
      },
      { params: senderPath, detail: templatesDocs },
    )
    .get('/routes', async () => ({ routes: (await senderStates.listRoutes()).map(viewRoute) }), { detail: routesDocs })
    .put(
      '/routes/:channel',
      async ({ params, body, request }) => {
        const set = await senderStates.setRoute(params.channel, body)
        const { channel, senders, countries } = set
        grant.log.info({ request_id: idOf(request), channel, senders, countries }, 'Route changed')
        await grant.wakeUps.notify('ready')
        return viewRoute(set)
      },
      { parse: 'json', params: routePath, body: routeBody, detail: setRouteDocs },
    )
}

const viewSender = ({ circuit, paused_at, paused_by, held_until, ...sender }: SenderView) => ({
  ...sender,
  channels: [...sender.channels],
  paused: paused_at === null ? null : { at: isoTime(paused_at), by: paused_by ?? '' },
  held_until: held_until && isoTime(held_until),
  circuit: circuit && {
    reason: circuit.reason,
    opened_at: isoTime(new Date(circuit.opened_at)),
    probe_at: isoTime(new Date(circuit.probe_at)),
  },
})

const viewRoute = ({ channel, senders, countries, set_at }: RouteView) => ({
  channel,
  senders: [...senders],
  countries: Object.fromEntries(Object.entries(countries).map(([country, names]) => [country, [...names]])),
  set_at: set_at && isoTime(set_at),
})

/** Time that the provider has for its answer. */
const ANSWER_MS = 10_000

/** @throws AppError SENDER_NOT_OPEN */
function openSender({ messaging }: SendersGrant, name: string) {
  const sender = messaging.senders.get(name)
  if (sender) return sender
  throw new AppError(
    messagingErrors.SENDER_NOT_OPEN,
    `Cannot ask the provider of sender "${name}": this process does not have it. Use the same SENDERS settings as the workers.`,
  )
}

/** @returns undefined where the provider cannot be asked because the sender threw */
async function askWithin<T>({ clock }: SendersGrant, ask: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const late = new AbortController()
  const done = new AbortController()
  void clock.sleep(ANSWER_MS, done.signal).then(() => late.abort())
  try {
    return await ask(late.signal)
  } catch {
    return undefined
  } finally {
    done.abort()
  }
}

const failed = (detail: string) => ({ ok: false, code: 'sender.error', detail }) as const

/** @throws AppError SENDER_NOT_OPEN, SENDER_UNCHECKABLE */
async function checkAccount(grant: SendersGrant, name: string) {
  const { check, kind } = openSender(grant, name)
  if (!check)
    throw new AppError(
      messagingErrors.SENDER_UNCHECKABLE,
      `Cannot check sender "${name}": with its settings, a sender of the kind "${kind}" has no check. Send a test message instead.`,
    )
  return viewCheck((await askWithin(grant, check)) ?? failed('The check failed'))
}

/** @throws AppError SENDER_NOT_OPEN, SENDER_WITHOUT_TEMPLATES */
async function listTemplates(grant: SendersGrant, name: string) {
  const { templates, kind } = openSender(grant, name)
  if (!templates)
    throw new AppError(
      messagingErrors.SENDER_WITHOUT_TEMPLATES,
      `Cannot list templates of sender "${name}": a sender of the kind "${kind}" has no list, or needs a setting for it. See the README of the plugin.`,
    )
  const list = (await askWithin(grant, templates)) ?? failed('The list failed')
  return list.ok
    ? { ok: true, code: null, detail: null, templates: list.templates.map((template) => ({ ...template })) }
    : { ok: false, code: list.code as string, detail: list.detail, templates: [] }
}

const viewCheck = (check: AccountCheck) =>
  check.ok
    ? { ok: true, code: null, detail: check.detail ?? null }
    : { ok: false, code: check.code as string, detail: check.detail }
