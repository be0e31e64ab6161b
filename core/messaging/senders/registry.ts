/** Opens the senders that the settings name, of the kinds that plugins contribute. */

import type { Clock } from '../../clock.ts'
import { BootError } from '../../errors.ts'
import { type Net, openNet, type Transport } from '../../host/net.ts'
import type { AnyGrant, AnyPlugin } from '../../host/plugin.ts'
import type { Log } from '../../log/log.ts'
import type { Post } from '../receipts/inbox.ts'
import { type Channel, channels } from '../schema.ts'
import { openOutcomes } from './code-table.ts'
import type { Limits, OpenSender, Outcome, Sender, SenderKind, Senders, SenderUse } from './contract.ts'
import { hookUrlOf } from './hook.ts'
import { type Contributed, senderKindsOf } from './kinds.ts'
import type { PlannedSender, SenderPlan } from './plan.ts'

export interface SenderOptions {
  readonly clock: Clock
  readonly log: Log
  /** Address that providers call: `https://example.org`. Undefined: receipts are off. */
  readonly publicUrl?: string | undefined
  /** Stores receipts that senders come upon without a post to their hook. Undefined: none are wanted. */
  readonly storeReceipts?: ((post: Post) => Promise<void>) | undefined
  /** Makes the calls; default: `fetch`. */
  readonly transport?: Transport
}

/**
 * Opens every sender of the plan.
 * @param members the plugins that are switched on, each with its grant
 * @throws BootError when none of them brings a kind that is named, or one that does not carry the channel
 */
export function openSenders(
  members: Members,
  { senders: planned, routes, countries }: SenderPlan,
  options: SenderOptions,
): Senders {
  const known = senderKindsOf(members.map(({ plugin }) => plugin))
  const opened = planned.map((one) => {
    const sender = bindSender(one, kindOf(known, one), openPlanned(members, one, options))
    // Without hooks nobody is known to have written, and a text may reach them nevertheless: the provider decides.
    return options.publicUrl === undefined ? { ...sender, textWindowHours: undefined } : sender
  })
  const senders = sendersOf(opened, routes, countries)
  tellUnsaid(planned, known, options.log)
  return senders
}

type Members = readonly { readonly plugin: AnyPlugin; readonly grant: AnyGrant }[]

function kindOf(known: ReadonlyMap<string, Contributed>, { name, kind }: PlannedSender): SenderKind<AnyGrant> {
  const found = known.get(kind)
  if (found) return found.kind
  throw new BootError(`Sender "${name}" is a "${kind}": no plugin that is switched on brings such a sender`)
}

/** @throws BootError when no plugin that is switched on brings its kind, or its settings contradict each other */
export function openPlanned(members: Members, planned: PlannedSender, options: SenderOptions): OpenSender {
  const kind = kindOf(senderKindsOf(members.map(({ plugin }) => plugin)), planned)
  const grant = members.find(({ plugin }) => plugin.name === planned.plugin)?.grant as AnyGrant
  return kind.open(grant, contextOf(planned, kind, options) as SenderUse<never>)
}

const noCountries: SenderPlan['countries'] = { sms: {}, whatsapp: {} }

/** @throws BootError for a route to a sender that is not there, or does not carry the channel */
export function sendersOf(
  senders: readonly Sender[],
  routes: SenderPlan['routes'],
  countries: SenderPlan['countries'] = noCountries,
): Senders {
  const byName = new Map(senders.map((sender) => [sender.name, sender]))
  const routed = (channel: Channel, names: readonly string[], place = '') =>
    names.map((name) => {
      const sender = byName.get(name)
      if (!sender) throw new BootError(`The route of ${channel}${place} names "${name}": there is no such sender`)
      if (!sender.channels.includes(channel))
        throw new BootError(
          `${channel.toUpperCase()}_SENDER names "${sender.kind}", which carries ${sender.channels.join(' and ')} only`,
        )
      return sender
    })
  for (const channel of channels)
    for (const [country, names] of Object.entries(countries[channel])) routed(channel, names, ` to ${country}`)
  const of = { sms: routed('sms', routes.sms), whatsapp: routed('whatsapp', routes.whatsapp) }
  return {
    get: (name) => byName.get(name),
    list: () => senders,
    of: (channel) => of[channel],
    countries: (channel) => countries[channel],
  }
}

function contextOf(
  planned: PlannedSender,
  kind: SenderKind<AnyGrant>,
  { clock, log, publicUrl, storeReceipts, transport }: SenderOptions,
): SenderUse {
  const { name, settings, codes } = planned
  return {
    name,
    settings,
    clock,
    log,
    net: netOf(name, settings.url, transport),
    outcomeOf: openOutcomes(kind.codes, codes),
    hookUrl: publicUrl === undefined ? undefined : hookUrlOf(publicUrl, name),
    receipts: storeReceipts && ((receipts) => storeReceipts({ sender: name, receipts, inbound: [] })),
  }
}

/** The host of the sender's `url`, which the operator has named, and no other. */
function netOf(name: string, url: unknown, transport?: Transport): Net {
  const place = typeof url === 'string' ? URL.parse(url) : null
  const hosts = place ? [place.protocol === 'http:' ? `http://${place.host}` : place.host] : []
  return openNet(name, hosts, transport)
}

export function limitsOf(kind: Pick<SenderKind<AnyGrant>, 'limits'>, planned: Partial<PlannedSender> = {}): Limits {
  const { rate = null, unit = 'segment', concurrency = null, batch = 1 } = kind.limits ?? {}
  return { rate: planned.rate ?? rate, unit, concurrency: planned.concurrency ?? concurrency, batch }
}

/** The sender through which a worker hands over messages. */
export function bindSender(
  planned: Pick<PlannedSender, 'name' | 'kind'> & Partial<PlannedSender>,
  kind: Pick<
    SenderKind<AnyGrant>,
    'channels' | 'idempotent' | 'reference' | 'templates' | 'limits' | 'textWindowHours'
  >,
  { timeoutMs, send, check, templates, hook, close }: OpenSender,
): Sender {
  return {
    name: planned.name,
    kind: planned.kind,
    channels: kind.channels,
    idempotent: planned.idempotent ?? kind.idempotent === true,
    reference: kind.reference ?? 'none',
    limits: limitsOf(kind, planned),
    textWindowHours: kind.textWindowHours,
    timeoutMs: planned.timeoutMs ?? timeoutMs,
    send: kind.templates || !kind.channels.includes('whatsapp') ? send : withoutTemplates(send),
    ...(check && { check }),
    ...(templates && { templates }),
    ...(hook && { hook }),
    ...(close && { close }),
  }
}

const noTemplates: Outcome = {
  kind: 'rejected',
  code: 'content.refused',
  permanent: true,
  about: 'content',
  providerCode: 'this kind of sender has no templates',
}

/** Refuses templates before the call: a kind that does not know them would send the text, which WhatsApp forbids. */
const withoutTemplates =
  (send: OpenSender['send']): OpenSender['send'] =>
  async (batch, signal) => {
    if (batch.every(({ template }) => template === undefined)) return send(batch, signal)
    return batch.map(() => noTemplates)
  }

/** One line for all senders whose provider may or may not honour a key, and of which nobody has said it. */
function tellUnsaid(planned: readonly PlannedSender[], kinds: ReadonlyMap<string, Contributed>, log: Log): void {
  const unsaid = planned.filter(
    ({ kind, idempotent }) => kinds.get(kind)?.kind.idempotent === 'unsaid' && idempotent === undefined,
  )
  if (unsaid.length === 0) return
  const settings = unsaid.map(({ idempotentSetting }) => idempotentSetting)
  log.info(
    { settings },
    `The ${unsaid[0]?.kind} sender counts as not idempotent: a message that may have been sent becomes "unknown" and is not sent again. Set ${settings.join(' and ')} to on if the provider delivers once for each Idempotency-Key, to off to leave this line out`,
  )
}
