/** Opens the senders that the settings name, of the kinds that plugins contribute. */

import { BootError } from '../../errors.ts'
import type { AnyGrant, AnyPlugin } from '../../host/plugin.ts'
import type { Log } from '../../log/log.ts'
import type { Channel } from '../schema.ts'
import type { OpenSender, Sender, SenderKind, Senders } from './contract.ts'

/** A kind with the plugin that brings it. */
interface Contributed {
  readonly plugin: string
  readonly kind: SenderKind<AnyGrant>
}

/** @returns every kind of sender by its name */
export function senderKindsOf(plugins: readonly AnyPlugin[]): ReadonlyMap<string, Contributed> {
  const kinds = new Map<string, Contributed>()
  for (const { name: plugin, senders = {} } of plugins)
    for (const [name, kind] of Object.entries(senders)) {
      const first = kinds.get(name)
      if (first)
        throw new BootError(`Kind of sender "${name}" of plugin "${plugin}" is taken by plugin "${first.plugin}"`)
      kinds.set(name, { plugin, kind })
    }
  return kinds
}

export interface SenderOptions {
  /** Name of the kind that carries each channel. */
  readonly kinds: Readonly<Record<Channel, string>>
  /** True where the channel's provider delivers once for each idempotency key. Undefined: by kind. */
  readonly idempotent: Readonly<Record<Channel, boolean | undefined>>
  readonly log: Log
}

/**
 * Opens one sender a channel. What a kind opens is shared by its channels, and closed with the first of them.
 * @param members the plugins that are switched on, each with its grant
 * @throws BootError when none of them brings a kind that is named, or one that does not carry the channel
 */
export function openSenders(
  members: readonly { readonly plugin: AnyPlugin; readonly grant: AnyGrant }[],
  { kinds, idempotent, log }: SenderOptions,
): Senders {
  const known = senderKindsOf(members.map(({ plugin }) => plugin))
  const open = new Map<string, OpenSender>()
  const unsaid: string[] = []
  const senderOf = (channel: Channel): Sender => {
    const name = kinds[channel]
    const setting = channel.toUpperCase()
    const found = known.get(name)
    if (!found)
      throw new BootError(`${setting}_SENDER names "${name}": no plugin that is switched on brings such a sender`)
    if (!found.kind.channels.includes(channel))
      throw new BootError(`${setting}_SENDER names "${name}", which carries ${found.kind.channels.join(' and ')} only`)
    const grant = members.find(({ plugin }) => plugin.name === found.plugin)?.grant
    const shared = open.get(name)
    const opened = shared ?? found.kind.open(grant as AnyGrant)
    open.set(name, { ...opened, close: async () => {} })
    if (found.kind.idempotent === 'unsaid' && idempotent[channel] === undefined) unsaid.push(`${setting}_IDEMPOTENT`)
    return bindSender(name, opened, idempotent[channel] ?? found.kind.idempotent === true)
  }
  const senders = { sms: senderOf('sms'), whatsapp: senderOf('whatsapp') }
  if (unsaid.length > 0)
    log.info(
      { settings: unsaid },
      `The ${kinds[unsaid[0] === 'SMS_IDEMPOTENT' ? 'sms' : 'whatsapp']} sender counts as not idempotent: a message that may have been sent becomes "unknown" and is not sent again. Set ${unsaid.join(' and ')} to on if the provider delivers once for each Idempotency-Key, to off to leave this line out`,
    )
  return senders
}

/** The sender through which a worker hands over one message a call. */
export function bindSender(name: string, { timeoutMs, send, close }: OpenSender, idempotent: boolean): Sender {
  return {
    name,
    idempotent,
    timeoutMs,
    send: (message, signal) => send([message], signal).then(([outcome]) => outcome ?? NO_ANSWER),
    ...(close && { close }),
  }
}

/** A sender that answers for fewer messages than it was given. */
const NO_ANSWER = { kind: 'unknown', code: 'sender.error' } as const
