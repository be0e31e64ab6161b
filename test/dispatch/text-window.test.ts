/** Texts on WhatsApp reach people only in the hours after they wrote: what the dry run counts, and what the worker hands over. */
import { beforeEach, describe, expect, test } from 'bun:test'
import { type Kysely, sql } from 'kysely'
import { systemClock } from '../../core/clock.ts'
import { openDryRunService } from '../../core/messaging/dry-run/service.ts'
import { textWindowPolicy } from '../../core/messaging/policy/text-window.ts'
import type { Channel, Database } from '../../core/messaging/schema.ts'
import { registerSenders } from '../../core/messaging/senders/register.ts'
import { sendersOf } from '../../core/messaging/senders/registry.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { addCampaign, openDispatch } from '../support/dispatch.ts'
import { openSender } from '../support/senders.ts'
import { workOff } from '../support/work-off.ts'

interface Written {
  /** Hours ago that it came in. */
  readonly received: number
  /** Hours ago that it was sent, by the person's phone. */
  readonly sent?: number
  readonly sender?: string
  /** Null: not told. */
  readonly channel?: Channel | null
}

/** Messages of people, and true where a text reaches them. */
const people: Readonly<Record<string, { readonly written: readonly Written[]; readonly open: boolean }>> = {
  'who never wrote': { written: [], open: false },
  'who wrote an hour ago': { written: [{ received: 1 }], open: true },
  'who wrote just in time': { written: [{ received: 23.9 }], open: true },
  'who wrote too long ago': { written: [{ received: 24.1 }], open: false },
  'who wrote long ago and again': { written: [{ received: 100 }, { received: 2 }], open: true },
  'who wrote by SMS': { written: [{ received: 1, channel: 'sms' }], open: false },
  'who wrote to another number of ours': { written: [{ received: 1, sender: 'other' }], open: false },
  'of whom the provider does not tell the channel': { written: [{ received: 1, channel: null }], open: true },
  'whose message was long on its way': { written: [{ received: 1, sent: 25 }], open: false },
  'whose phone is ahead of time': { written: [{ received: 24.5, sent: 23 }], open: false },
}
const names = Object.keys(people)
const isOpen = (name: string) => people[name]?.open === true

const ago = (hours: number) => sql<Date>`now() - ${hours}::float8 * interval '1 hour'`

async function addPeople(db: Kysely<Database>): Promise<number[]> {
  const ids: number[] = []
  let nth = 0
  for (const [name, { written }] of Object.entries(people)) {
    const phone = `+2547120000${String(nth++).padStart(2, '0')}`
    const { id } = await db
      .insertInto('customers')
      .values({ phone, first_name: name })
      .returning('id')
      .executeTakeFirstOrThrow()
    ids.push(id)
    for (const [at, { received, sent, sender = 'wa', channel = 'whatsapp' }] of written.entries())
      await db
        .insertInto('inbound_messages')
        .values({
          sender,
          channel,
          provider_id: `${nth}-${at}`,
          phone,
          body: 'Hello',
          reading: 'other',
          received_at: ago(received),
          sent_at: sent === undefined ? null : ago(sent),
        })
        .execute()
  }
  return ids
}

interface Case {
  readonly campaign?: { readonly channel?: Channel; readonly template?: object }
  /** Names of those who are sent to. */
  readonly reached: readonly string[]
}

const template = { name: 'hello', language: 'en', parameters: [] }
const cases: Readonly<Record<string, Case>> = {
  'a text on WhatsApp reaches those who wrote': { reached: names.filter(isOpen) },
  'an approved template reaches everybody': { campaign: { template }, reached: names },
  'a text by SMS reaches everybody': { campaign: { channel: 'sms' }, reached: names },
}

eachDatabase((database) => {
  beforeEach(() => emptyTables(database().db))

  for (const [name, { campaign = {}, reached }] of Object.entries(cases))
    test(`${name}, and the dry run says so`, async () => {
      const { db } = database()
      const handedOver: string[] = []
      const wa = openSender('wa', {
        textWindowHours: 24,
        sendOne: async ({ text, messageId }) => {
          handedOver.push(text.replace(/^Hi /, ''))
          return { kind: 'accepted', id: messageId }
        },
      })
      const senders = sendersOf([wa], { sms: ['wa'], whatsapp: ['wa'] })
      await registerSenders(db, senders)
      const ids = await addPeople(db)
      const id = await addCampaign(db)
      const { template = null, channel = 'whatsapp' } = campaign
      await db
        .updateTable('campaigns')
        .set({ channel, template: template as never })
        .where('id', '=', id)
        .execute()
      const { run } = openDryRunService(db, { clock: systemClock })
      const said = await run({ campaignId: id, customerIds: ids, language: 'en', onPolicyFailure: () => {} })
      const skipped = names.length - reached.length
      expect(said.messages).toBe(reached.length)
      expect(said.skips).toEqual(skipped > 0 ? [{ code: 'window.closed', recipients: skipped }] : [])
      await openDispatch(db, 'w1', ['wa']).queue(id, ids)
      await workOff(db, id, { senders })
      expect(handedOver.sort()).toEqual([...reached].sort())
      const rows = await db.selectFrom('outbound_messages').select(['status', 'last_error', 'attempts']).execute()
      expect(rows.filter(({ status }) => status === 'sent')).toHaveLength(reached.length)
      expect(rows.filter(({ status }) => status !== 'sent')).toEqual(
        Array.from({ length: skipped }, () => ({ status: 'skipped', last_error: 'window.closed', attempts: 0 })),
      )
    })
})

describe('textWindowPolicy()', () => {
  const phone = '+254712000000'
  const decide = (left: number | undefined) =>
    textWindowPolicy((asked) => (asked === phone ? left : undefined)).decide({ phone } as never)
  test('lets a message start for as long as the window is open', () => {
    expect(decide(1500)).toEqual({ kind: 'send', withinMs: 1500 })
  })
  for (const left of [0, -1, undefined])
    test(`skips it when ${left} ms are left`, () => {
      expect(decide(left)).toEqual({ kind: 'skip', code: 'window.closed' })
    })
})
