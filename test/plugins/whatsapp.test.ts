/** The WhatsApp sender against a fake Cloud API: what it asks, and what it makes of each answer. */
import { afterEach, describe, expect, test } from 'bun:test'
import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { Net } from '../../core/host/net.ts'
import type { OutboundMessage } from '../../core/messaging/senders/contract.ts'
import { whatsappKind as kind } from '../../plugins/whatsapp/plugin.ts'
import { templateRequest, textRequest } from '../../plugins/whatsapp/request.ts'
import type { Behaviour } from '../support/providers/frame-behaviour.ts'
import { releaseFakes, startFake } from '../support/providers/process.ts'
import { GRAPH_VERSION, whatsappAccount } from '../support/providers/whatsapp-account.ts'
import { openSender, outbound } from '../support/sender-use.ts'

afterEach(releaseFakes)

const message: OutboundMessage = { ...outbound, channel: 'whatsapp', text: 'Habari Wanjikũ!' }

async function setup(
  behaviour: Partial<Behaviour> = {},
  settings: { readonly accessToken?: string; readonly url?: string } = {},
) {
  const fake = await startFake('whatsapp', behaviour)
  const { sender, send } = openSender(kind, { ...whatsappAccount, url: `${fake.url}${GRAPH_VERSION}`, ...settings })
  return {
    fake,
    sender,
    send: (changes: Partial<OutboundMessage> = {}, signal?: AbortSignal) => send({ ...message, ...changes }, signal),
  }
}

/** A sender whose provider gives this answer. */
function answering(response: () => Response | Promise<Response>) {
  const net: Net = { fetch: async () => response() }
  return openSender(kind, { ...whatsappAccount, url: 'http://127.0.0.1' }, { net }).send
}

const graphError = (code: number, more: object = {}) => ({ error: { message: `(#${code})`, code, ...more } })

test('a message is accepted under the id that WhatsApp gives it, and carries ours', async () => {
  const { fake, send } = await setup()
  expect(await send()).toEqual({ kind: 'accepted', id: expect.stringMatching(/^wamid\./) })
  const accepts = await fake.entries('accept')
  expect(accepts).toMatchObject([{ reference: message.messageId, to: message.to, text: message.text }])
})

describe('a request', () => {
  const Addressed = {
    messaging_product: Type.Literal('whatsapp'),
    recipient_type: Type.Literal('individual'),
    to: Type.String({ pattern: '^[1-9]\\d{6,14}$' }),
    biz_opaque_callback_data: Type.String({ maxLength: 512 }),
  }
  const closed = { additionalProperties: false }

  test('for a text has the form that Meta documents', () => {
    const text = Type.Object({ body: Type.String({ maxLength: 4096 }), preview_url: Type.Boolean() }, closed)
    const schema = Type.Object({ ...Addressed, type: Type.Literal('text'), text }, closed)
    expect([...Value.Errors(schema, textRequest(message))]).toEqual([])
  })

  test('for a template names its language and fills its body', () => {
    const template = { name: 'spring_sale', language: 'en_US', parameters: ['Wanjikũ', '20 %'] }
    const parameter = Type.Object({ type: Type.Literal('text'), text: Type.String({ minLength: 1 }) }, closed)
    const body = Type.Object({ type: Type.Literal('body'), parameters: Type.Array(parameter) }, closed)
    const language = Type.Object({ policy: Type.Literal('deterministic'), code: Type.String() }, closed)
    const schema = Type.Object(
      {
        ...Addressed,
        type: Type.Literal('template'),
        template: Type.Object({ name: Type.String(), language, components: Type.Array(body) }, closed),
      },
      closed,
    )
    const request = templateRequest(message, template)
    expect([...Value.Errors(schema, request)]).toEqual([])
    expect(request.template.components?.[0]?.parameters.map(({ text }) => text)).toEqual(template.parameters)
  })

  test('for a template without parameters has no components', () => {
    const { template } = templateRequest(message, { name: 'closed_today', language: 'sw', parameters: [] })
    expect(template).toEqual({ name: 'closed_today', language: { policy: 'deterministic', code: 'sw' } })
  })

  test('for a template is taken by the fake, which knows one', async () => {
    const { fake } = await setup()
    const url = `${fake.url}${GRAPH_VERSION}/${whatsappAccount.phoneNumberId}/messages`
    const post = (parameters: string[]) => {
      const body = JSON.stringify(templateRequest(message, { name: 'spring_sale', language: 'en_US', parameters }))
      return fetch(url, { method: 'POST', body, headers: { Authorization: `Bearer ${whatsappAccount.accessToken}` } })
    }
    expect((await post(['a', 'b'])).status).toBe(200)
    expect(await (await post(['a'])).json()).toMatchObject({ error: { code: 132000 } })
  })
})

describe('a message with a template', () => {
  const template = { name: 'spring_sale', language: 'en_US', parameters: ['Wanjikũ', 'Lamp'] }

  test('is sent as the template, not as text', async () => {
    const { fake, send } = await setup()
    expect(await send({ template })).toMatchObject({ kind: 'accepted' })
    expect(await fake.entries('accept')).toMatchObject([{ text: 'spring_sale: Wanjikũ, Lamp' }])
  })

  test.each([
    ['in another language', { ...template, language: 'sw' }, '132001'],
    ['with too few values', { ...template, parameters: ['Wanjikũ'] }, '132000'],
  ])('%s is refused for its content', async (_what, wrong, providerCode) => {
    const { send } = await setup()
    expect(await send({ template: wrong })).toMatchObject({ kind: 'rejected', about: 'content', providerCode })
  })
})

describe('the list of templates', () => {
  const list = async (settings = {}) => {
    const { sender } = await setup({}, settings)
    return sender.templates?.(AbortSignal.timeout(5000))
  }

  test('has all pages, with what a campaign can use', async () => {
    const found = await list()
    expect(found?.ok && found.templates.map(({ name, parameters, unusable }) => [name, parameters, unusable])).toEqual([
      ['spring_sale', 2, null],
      ['closed_today', 0, null],
      ['summer_sale', 1, 'Meta has not approved it: it is pending'],
      ['catalogue', 1, 'Its header needs a file: image'],
      ['track_order', 0, 'One of its buttons has a placeholder'],
      ['named', 1, 'Its placeholders have names instead of numbers'],
    ])
    expect(found?.ok && found.templates[0]).toMatchObject({
      language: 'en_US',
      status: 'approved',
      category: 'marketing',
      text: 'Hi {{1}}, {{2}} is back! Reply STOP to opt out.',
    })
  })

  test('is not there without a business account', async () => {
    const fake = await startFake('whatsapp')
    const { businessAccountId: _, ...account } = whatsappAccount
    expect(openSender(kind, { ...account, url: `${fake.url}${GRAPH_VERSION}` }).sender.templates).toBeUndefined()
  })

  test('says what went wrong', async () => {
    expect(await list({ accessToken: 'EAAJB-another-token-of-nobody' })).toEqual({
      ok: false,
      code: 'provider.account',
      detail: 'Meta answered with code 190',
    })
    expect(await list({ url: 'http://127.0.0.1:1' })).toMatchObject({ ok: false, code: 'provider.unreachable' })
  })
})

describe('an answer', () => {
  const unknown = (code: string) => ({ kind: 'unknown', code })
  test.each<[string, Partial<Behaviour>, object]>([
    [
      'its own 429',
      { answers: { 429: 1 }, retryAfterSeconds: 3 },
      { kind: 'throttled', retryAfterMs: 3000, providerCode: '130429' },
    ],
    ['a 429 of a proxy', { answers: { '429 bare': 1 } }, unknown('provider.unavailable')],
    ['a 500 of its own', { answers: { 500: 1 } }, { kind: 'rejected', permanent: false, code: 'provider.unavailable' }],
    ['a 401', { answers: { 401: 1 } }, { kind: 'unusable', code: 'provider.account', providerCode: '190' }],
    ['a page instead of JSON', { answers: { html: 1 } }, unknown('sender.error')],
    ['no id', { answers: { 'no id': 1 } }, unknown('sender.error')],
    ['half of itself', { answers: { cut: 1 } }, { kind: 'unknown' }],
    ['after a while', { latencyMs: 50 }, { kind: 'accepted' }],
  ])('with %s', async (_what, behaviour, outcome) => {
    const { send } = await setup(behaviour)
    expect(await send()).toMatchObject(outcome)
  })

  test('that never comes leaves the message in doubt', async () => {
    const { fake, send } = await setup({ answers: { hang: 1 } })
    const call = new AbortController()
    const sent = send({}, call.signal)
    while ((await fake.counts()).accepts === 0) await Bun.sleep(5)
    call.abort()
    expect(await sent).toEqual({ kind: 'unknown', code: 'timeout' })
  })

  test.each([
    ['131026', { kind: 'rejected', permanent: true, about: 'number', code: 'number.invalid' }],
    ['131050', { kind: 'rejected', permanent: true, about: 'opt_out', code: 'recipient.opted_out' }],
    ['131047', { kind: 'rejected', permanent: true, code: 'provider.rejected' }],
    ['132001', { kind: 'rejected', about: 'content', code: 'content.refused' }],
    ['131049', { kind: 'rejected', permanent: false, retryAfterMs: 86_400_000 }],
    // HTTP 403, which alone would close the account.
    ['131056', { kind: 'throttled', of: 'recipient', retryAfterMs: 4000 }],
    ['368', { kind: 'unusable', code: 'provider.account' }],
    ['133009', { kind: 'unusable' }],
    ['250', { kind: 'unusable' }],
    ['613', { kind: 'throttled' }],
  ])('with the code %s is read by the code, whatever its status', async (code, outcome) => {
    const { send } = await setup({ refuse: { [message.to]: code } })
    expect(await send()).toMatchObject({ ...outcome, providerCode: code })
  })

  test('of too many messages to one person asks for longer pauses each time', async () => {
    const { send } = await setup({ refuse: { [message.to]: '131056' } })
    const pauses = await Promise.all([0, 1, 2, 3, 40].map(async (turn) => send({ turn })))
    expect(pauses.map((outcome) => 'retryAfterMs' in outcome && outcome.retryAfterMs)).toEqual([
      4000, 4000, 16_000, 64_000, 3_600_000,
    ])
  })

  test.each([
    ['transient', 400, { is_transient: true }, { kind: 'rejected', permanent: false }],
    ['not transient', 400, { is_transient: false }, { kind: 'rejected', permanent: true, code: 'provider.rejected' }],
    ['of 401', 401, {}, { kind: 'unusable' }],
    ['of 429', 429, {}, { kind: 'throttled' }],
    ['of 500', 500, {}, { kind: 'unknown' }],
  ])('with a code that is in no table: %s', async (_what, status, more, outcome) => {
    const send = answering(() => Response.json(graphError(987_654, more), { status }))
    expect(await send()).toMatchObject({ ...outcome, providerCode: '987654' })
  })

  test.each([
    ['an error inside a 200', () => Response.json(graphError(131026)), { kind: 'rejected', about: 'number' }],
    ['an id that cannot be stored', () => Response.json({ messages: [{ id: 'a\0' }] }), unknown('sender.error')],
    ['503 of a proxy', () => new Response('down', { status: 503 }), unknown('provider.unavailable')],
    ['404', () => new Response('', { status: 404 }), { kind: 'unusable', code: 'provider.refused' }],
  ])('with %s', async (_what, response, outcome) => {
    expect(await answering(response)()).toMatchObject(outcome)
  })
})

test('no answer leaks a secret into an outcome', async () => {
  const { send } = await setup({ answers: { 401: 1 } })
  expect(JSON.stringify(await send())).not.toContain(whatsappAccount.accessToken)
})

describe('check()', () => {
  test('names the phone number of the account, and sends nothing', async () => {
    const { fake, sender } = await setup()
    expect(await sender.check?.(AbortSignal.timeout(sender.timeoutMs))).toEqual({
      ok: true,
      detail: '+1 555-078-3881, Shop, quality GREEN',
    })
    expect(await fake.counts()).toMatchObject({ calls: 0, accepts: 0 })
  })

  test('says that the token is refused', async () => {
    const { sender } = await setup({}, { accessToken: 'another-token-of-somebody' })
    expect(await sender.check?.(AbortSignal.timeout(sender.timeoutMs))).toEqual({
      ok: false,
      code: 'provider.account',
      detail: 'Meta answered with code 190',
    })
  })

  test('says that nobody answers', async () => {
    const { sender } = await setup({}, { url: 'http://127.0.0.1:9/v25.0' })
    expect(await sender.check?.(AbortSignal.timeout(sender.timeoutMs))).toMatchObject({
      ok: false,
      code: 'provider.unreachable',
    })
  })
})
