/** Texts with attributes, as a worker reads and fills them in. */
import { describe, expect, test } from 'bun:test'
import { openTexts } from '../../core/messaging/campaign/texts.ts'
import { openRead } from '../../core/messaging/chunk/read.ts'
import { openWorkService } from '../../core/messaging/chunk/work.ts'
import type { AttributeTypes } from '../../core/messaging/contacts/attributes.ts'
import type { WorkGrant } from '../../plugins/worker/grant.ts'
import { openWork } from '../../plugins/worker/work.ts'
import { addCampaign, addCustomers, getCampaign, openDispatch, range, startCampaign } from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'
import { inertResources } from '../support/inert.ts'
import { sendersByChannel } from '../support/senders.ts'

const config = {
  concurrency: 2,
  window: 4,
  leaseSeconds: 30,
  maxAttempts: 3,
  backoffMs: 1,
  probeSeconds: 5,
  unknownPolicy: 'hold',
  retainContent: true,
  language: 'de',
}

describe('openTexts()', () => {
  const declared: AttributeTypes = new Map([['points', 'number']])
  const template = (parameter: string) => ({ name: 'x', language: 'en', parameters: [parameter] })

  test.each([
    ['Hi {first_name|there}, 100 % off [today]', null, 0],
    ['Hi {points}', null, 1],
    ['Hi', '{first_name}', 0],
    ['Hi', '{points:number}', 1],
  ])('of %j and %j asks %#: only for what is no field', async (base_template, parameter, times) => {
    let asked = 0
    const texts = await openTexts(
      { base_template, texts: null, template: parameter === null ? null : template(parameter) },
      'en',
      async () => {
        asked++
        return declared
      },
    )
    expect(asked).toBe(times)
    expect(texts.columns.includes('attributes')).toBe(times > 0)
  })

  test('asks for the language, and for attributes of any text, only where there are texts by language', async () => {
    const campaign = { base_template: 'Hi {first_name}', template: null }
    const columnsOf = async (texts: Record<string, string> | null) =>
      (await openTexts({ ...campaign, texts }, 'en', async () => declared)).columns
    expect(await columnsOf(null)).toEqual(['first_name'])
    expect(await columnsOf({ sw: 'Habari {location}' })).toEqual(['first_name', 'location', 'language'])
    expect(await columnsOf({ sw: 'Una {points}' })).toEqual(['first_name', 'attributes', 'language'])
  })
})

eachDispatch((db) => {
  const declare = () =>
    db()
      .insertInto('attributes')
      .values([
        { name: 'points', type: 'number' },
        { name: 'due', type: 'date' },
      ])
      .execute()
  const give = (id: number, attributes: Record<string, string | number>, language: string | null = null) =>
    db().updateTable('customers').set({ attributes, language }).where('id', '=', id).execute()

  /** Runs a worker until the campaign is over. @returns the texts by phone */
  async function workOff(campaign: number) {
    const { clock, log, process } = inertResources().resources
    const stop = new AbortController()
    const take = async () => {
      if ((await getCampaign(db(), campaign)).completed_at !== null) stop.abort()
      return stop.signal.aborted ? undefined : { claimed: () => {}, done: () => {} }
    }
    const texts: Record<string, string> = {}
    const senders = sendersByChannel(() => ({
      sendOne: async ({ messageId, to, text }) => {
        texts[to] = text
        return { kind: 'accepted', id: messageId }
      },
    }))
    const messaging = { senders, work: openWorkService(db()) }
    const grant = { clock, log, process, config, messaging, consume: { take, takeNow: () => undefined } }
    const { work } = openWork(grant as unknown as WorkGrant)
    await work?.(stop.signal, new AbortController().signal)
    return texts
  }

  test('each customer gets the text with their own values, in their language', async () => {
    await declare()
    const { campaignId } = await startCampaign(db(), 3)
    const base_template = '{first_name}: {points:number|none} until {due:date|soon}'
    await db().updateTable('campaigns').set({ base_template }).where('id', '=', campaignId).execute()
    await give(1, { points: 1234.5, due: '2030-01-31' }, 'en')
    await give(2, { points: 1234.5 })
    expect(await workOff(campaignId)).toEqual({
      '+254700000001': 'Customer 1: 1,234.5 until January 31, 2030',
      // The default language.
      '+254700000002': 'Customer 2: 1.234,5 until soon',
      '+254700000003': 'Customer 3: none until soon',
    })
  })

  test('each customer gets the text of their language', async () => {
    const { campaignId } = await startCampaign(db(), 4)
    const texts = { sw: 'Habari {first_name}', fr: 'Bonjour {location|à vous}' }
    await db().updateTable('campaigns').set({ base_template: 'Hi', texts }).where('id', '=', campaignId).execute()
    await give(1, {}, 'sw-KE')
    await give(2, {}, 'fr')
    await give(3, {}, 'de')
    expect(await workOff(campaignId)).toEqual({
      '+254700000001': 'Habari Customer 1',
      '+254700000002': 'Bonjour à vous',
      '+254700000003': 'Hi',
      '+254700000004': 'Hi',
    })
  })

  test('read() has attributes and the language only where they are asked for', async () => {
    const { take } = await startCampaign(db(), 1)
    await give(1, { points: 5 }, 'sw')
    const lease = await take()
    const read = openRead(db())
    const message = { id: '1', attempts: 0, phone: '+254700000001', flags: null }
    expect(await read(lease, ['phone'])).toStrictEqual([message])
    expect(await read(lease, ['attributes'])).toStrictEqual([{ ...message, attributes: { points: 5 } }])
    expect(await read(lease, ['attributes', 'language'])).toStrictEqual([
      { ...message, attributes: { points: 5 }, language: 'sw' },
    ])
  })

  test('read() of small chunks together gives attributes to those that ask for them', async () => {
    const { queue, claimMany } = openDispatch(db())
    await addCustomers(db(), 3)
    await give(2, { points: 5 }, 'sw')
    for (let nth = 0; nth < 4; nth++) await queue(await addCampaign(db()), range(1, 3))
    const leases = await claimMany({ most: 4, window: 64, room: 256 })
    expect(leases).toHaveLength(4)
    const read = openRead(db())
    const answers = await Promise.all(
      leases.map((lease, nth) =>
        read(lease, nth % 2 === 0 ? ['first_name'] : ['first_name', 'attributes', 'language']),
      ),
    )
    for (const [nth, messages] of answers.entries()) {
      expect(messages.map(({ first_name }) => first_name)).toEqual(range(1, 3).map((n) => `Customer ${n}`))
      const values = messages.map(({ attributes, language }) => [attributes, language])
      const none = [undefined, undefined]
      expect(values).toEqual(
        nth % 2 === 0
          ? [none, none, none]
          : [
              [{}, null],
              [{ points: 5 }, 'sw'],
              [{}, null],
            ],
      )
    }
  })
})
