/** A sender of a kind that sends batches, a fake of its provider in its own process, and a server that passes posts to its hook. */
import type { Static, TObject } from '@sinclair/typebox'
import type { AnyGrant } from '../../core/host/plugin.ts'
import type { OutboundMessage, SenderKind } from '../../core/messaging/senders/contract.ts'
import type { Inbound, Receipt } from '../../core/messaging/senders/hook.ts'
import type { Behaviour } from './providers/frame-behaviour.ts'
import { releaseFakes, startFake } from './providers/process.ts'
import { type Hook, openSender, outbound, startHook } from './sender-use.ts'

export const TOKEN = 'a-token-nobody-can-guess'
export const AMINA = '+254712345678'
export const BARAKA = '+254712345679'
export const CHEBET = '+254712345680'
export const never = new AbortController().signal

const hooks = new Set<Hook>()

/** Call it after each test. */
export async function releaseBatchSenders(): Promise<void> {
  await Promise.all([...hooks].map((hook) => hook.stop()))
  hooks.clear()
  await releaseFakes()
}

/**
 * @param settings of the sender, with the fake's `url` added
 * @param behaviour of the fake, by the address of the hook
 */
export async function openBatchSender<Settings extends TObject>(
  name: string,
  kind: SenderKind<AnyGrant, Settings>,
  settings: Omit<Static<Settings>, 'url'>,
  behaviour: (hookUrl: string) => Partial<Behaviour>,
) {
  const hook = startHook()
  hooks.add(hook)
  const fake = await startFake(name, behaviour(hook.url))
  const all = { url: fake.url, ...settings } as unknown as Static<Settings> & { url: string }
  const { sender } = openSender(kind, all, { hookUrl: hook.url })
  hook.pass(sender)
  const send = (batch: readonly OutboundMessage[], signal = never) => sender.send(batch, signal)
  return { hook, fake, sender, send }
}

/** Messages to these numbers; `text` is that of all, or of each. */
export const messagesTo = (numbers: readonly string[], text: string | ((nth: number) => string) = 'Habari!') =>
  numbers.map(
    (to, nth): OutboundMessage => ({
      ...outbound,
      messageId: String(nth + 1),
      idempotencyKey: `msg:${nth + 1}`,
      to,
      text: typeof text === 'string' ? text : text(nth),
    }),
  )

/** In the order of the alphabet: posts overtake each other. */
export const receiptsOf = ({ answers }: Hook): Receipt[] =>
  answers
    .flatMap((answer) => (answer.kind === 'taken' ? answer.receipts : []))
    .sort((a, b) => a.delivery.localeCompare(b.delivery))

export const inboundOf = ({ answers }: Hook): Inbound[] =>
  answers.flatMap((answer) => (answer.kind === 'taken' ? answer.inbound : []))
