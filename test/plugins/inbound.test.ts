/** Messages of people: read, followed in the transaction that stores them, listed and reviewed. */
import { beforeEach, describe, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { openInboundService } from '../../core/messaging/inbound/service.ts'
import { suppress } from '../../core/messaging/suppressions/suppress.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { type HookApp, openHookApp } from '../support/hook-app.ts'

const AMINA = '+254712345678'
const BRIAN = '+254712345679'

eachDatabase((database) => {
  const db = () => database().db
  let api: Api
  let hooks: HookApp
  beforeEach(async () => {
    await emptyTables(db())
    await sql`insert into customers (phone, first_name) values (${AMINA}, 'Amina'), (${BRIAN}, 'Brian')`.execute(db())
    api = openApi(db())
    hooks = openHookApp(db())
  })

  const suppressed = async () =>
    (
      await db()
        .selectFrom('suppressions')
        .select(['phone', 'channel', 'reason', 'source', 'code'])
        .orderBy('phone')
        .orderBy('channel')
        .execute()
    ).map(
      ({ phone, channel, reason, source, code }) =>
        `${phone === AMINA ? 'Amina' : 'Brian'} ${channel} ${reason} ${source} ${code}`,
    )
  const list = async (query = '') => (await api.call('GET', `/inbound${query}`)).json.data
  const review = (id: number, decision: string) => api.call('POST', `/inbound/${id}/review`, { decision })

  describe('a post of a provider', () => {
    test('with a stop word suppresses on all channels, before it is answered, and START lifts it', async () => {
      expect(await hooks.sms(AMINA, 'Stop!')).toBe(200)
      expect(await suppressed()).toEqual(['Amina all opt_out inbound keyword'])
      const [row] = await db().selectFrom('customers').select('suppressed').where('phone', '=', AMINA).execute()
      expect(row?.suppressed).not.toBe(0)
      await hooks.whatsapp(AMINA, 'START')
      expect(await suppressed()).toEqual([])
      expect((await list()).map(({ intent }: { intent: string }) => intent)).toEqual(['start', 'stop'])
    })

    test('with anything else suppresses nobody', async () => {
      for (const text of ["Don't stop", 'YES', 'HELP', 'When do you open?', '']) await hooks.sms(AMINA, text)
      expect(await suppressed()).toEqual([])
      expect((await list()).map(({ intent }: { intent: string }) => intent)).toEqual([
        'other',
        'other',
        'help',
        'other',
        'other',
      ])
    })

    test('race 43: that comes again changes nothing, also after the person has taken it back', async () => {
      const again = { MessageSid: `SM${'a'.repeat(32)}` }
      await hooks.sms(AMINA, 'STOP', again)
      await hooks.sms(AMINA, 'START')
      await hooks.sms(AMINA, 'STOP', again)
      expect(await suppressed()).toEqual([])
    })

    test('says by itself what the person wants: Twilio by OptOutType, whatever the text', async () => {
      await hooks.sms(AMINA, 'Hapana', { OptOutType: 'STOP' })
      expect(await suppressed()).toEqual(['Amina all opt_out inbound provider'])
      await hooks.sms(AMINA, 'Nimerudi', { OptOutType: 'START' })
      expect(await suppressed()).toEqual([])
    })

    test('says it of one channel: Meta by user_preferences, without a word', async () => {
      const preference = (value: string, timestamp: number) => ({
        user_preferences: [{ wa_id: AMINA.slice(1), category: 'marketing_messages', value, timestamp }],
      })
      await hooks.meta(preference('stop', 1_749_416_383))
      expect(await suppressed()).toEqual(['Amina whatsapp opt_out inbound provider'])
      await hooks.sms(AMINA, 'STOP')
      await hooks.meta(preference('resume', 1_749_416_390))
      expect(await suppressed()).toEqual(['Amina all opt_out inbound keyword'])
    })

    test('race 43: is stored with what follows of it, or not at all', async () => {
      await sql`alter table suppressions add constraint refused check (phone <> ${sql.lit(AMINA)})`.execute(db())
      try {
        expect(await hooks.sms(AMINA, 'STOP')).toBe(500)
        expect(await list()).toEqual([])
      } finally {
        await sql`alter table suppressions drop constraint refused`.execute(db())
      }
    })

    test('is stored beside many others', async () => {
      const other = openHookApp(db())
      const texts = ['STOP', 'START', 'please stop', 'Hi']
      const posts = Array.from({ length: 40 }, (_, nth) =>
        (nth % 2 ? hooks : other).whatsapp(nth % 3 ? AMINA : BRIAN, `${texts[nth % 4]}`),
      )
      expect(new Set(await Promise.all(posts))).toEqual(new Set([200]))
      for (const phone of [AMINA, BRIAN]) await hooks.sms(phone, 'STOP')
      expect(await suppressed()).toEqual(['Amina all opt_out inbound keyword', 'Brian all opt_out inbound keyword'])
      expect(await list('?review=open')).toEqual([])
    })

    test('of somebody without a phone is stored, and suppresses nobody', async () => {
      await hooks.sms('whatsapp:US.1234', 'STOP')
      expect(await suppressed()).toEqual([])
      expect(await list()).toMatchObject([{ from: null, intent: 'stop', customer: null }])
    })
  })

  test('START lifts what the person did, and nothing that others entered', async () => {
    const rows = (['api', 'import', 'receipt', 'link'] as const).map((source, nth) => ({
      phone: nth % 2 === 0 ? AMINA : BRIAN,
      channel: nth < 2 ? ('sms' as const) : ('whatsapp' as const),
      reason: 'opt_out' as const,
      source,
    }))
    await suppress(db(), [...rows, { phone: AMINA, channel: 'all', reason: 'complaint', source: 'api' }])
    await hooks.sms(AMINA, 'start')
    await hooks.sms(BRIAN, 'start')
    expect(await suppressed()).toEqual([
      'Amina all complaint api null',
      'Amina sms opt_out api null',
      'Brian sms opt_out import null',
    ])
  })

  describe('a near miss', () => {
    test('suppresses until it is reviewed', async () => {
      await hooks.sms(AMINA, 'Please stop')
      await hooks.sms(BRIAN, 'no more')
      expect(await suppressed()).toEqual(['Amina all opt_out inbound near_stop', 'Brian all opt_out inbound near_stop'])
      const open = await list('?review=open')
      expect(open).toMatchObject([
        { text: 'no more', intent: 'near_stop', review: 'open' },
        { text: 'Please stop', from: AMINA, sender: 'main', customer: { id: 1, first_name: 'Amina' } },
      ])
      expect((await review(open[1].id, 'ignore')).json).toMatchObject({ review: 'ignore' })
      expect((await review(open[0].id, 'stop')).json).toMatchObject({ review: 'stop' })
      expect(await suppressed()).toEqual(['Brian all opt_out inbound review'])
      expect(await list('?review=open')).toEqual([])
    })

    test('may be decided anew', async () => {
      await hooks.sms(AMINA, 'Please stop')
      const [{ id }] = await list()
      await review(id, 'stop')
      await review(id, 'ignore')
      expect(await suppressed()).toEqual([])
      await review(id, 'stop')
      expect(await suppressed()).toEqual(['Amina all opt_out inbound review'])
    })

    test('is one of several: the last decision lifts', async () => {
      await hooks.sms(AMINA, 'Please stop')
      await hooks.whatsapp(AMINA, 'no more of this')
      const [second, first] = await list()
      await review(first.id, 'ignore')
      expect(await suppressed()).toEqual(['Amina all opt_out inbound near_stop'])
      await review(second.id, 'ignore')
      expect(await suppressed()).toEqual([])
    })

    test('race 44: is not lifted by the review of another one at the same time', async () => {
      for (let round = 0; round < 5; round++) {
        await hooks.sms(AMINA, 'Please stop')
        const [{ id }] = await list()
        await Promise.all([review(id, 'ignore'), hooks.sms(AMINA, 'no more')])
        expect(await suppressed()).toEqual(['Amina all opt_out inbound near_stop'])
        await hooks.sms(AMINA, 'START')
      }
    })

    test('is lifted in vain where the person wrote STOP before or after', async () => {
      await hooks.sms(AMINA, 'Please stop')
      await hooks.sms(AMINA, 'STOP')
      await hooks.sms(BRIAN, 'STOP')
      await hooks.sms(BRIAN, 'Please stop')
      const misses = await list('?intent=near_stop')
      expect(misses.map(({ review }: { review: string }) => review)).toEqual(['open', 'stop'])
      for (const { id } of misses) await review(id, 'ignore')
      expect(await suppressed()).toEqual(['Amina all opt_out inbound keyword', 'Brian all opt_out inbound keyword'])
    })

    test('needs no review once the person wrote START', async () => {
      await hooks.sms(AMINA, 'Please stop')
      await hooks.sms(AMINA, 'START')
      expect(await suppressed()).toEqual([])
      expect(await list('?review=open')).toEqual([])
    })
  })

  test('what an earlier version stored is read later, and followed', async () => {
    await sql`insert into inbound_messages (sender, provider_id, phone, body, intent)
      values ('main', '1', ${AMINA}, 'STOP', null), ('main', '2', ${AMINA}, 'START', null),
        ('main', '3', ${BRIAN}, 'bye', 'stop'), ('main', '4', ${AMINA}, 'please stop', null)`.execute(db())
    expect((await list()).every(({ intent }: { intent: string | null }) => intent === null)).toBe(true)
    const inbound = openInboundService(db())
    expect(await inbound.readStored()).toEqual({ read: 4, more: false })
    expect(await inbound.readStored()).toEqual({ read: 0, more: false })
    expect(await suppressed()).toEqual(['Amina all opt_out inbound near_stop', 'Brian all opt_out inbound provider'])
    expect(await list('?review=open')).toMatchObject([{ text: 'please stop' }])
  })

  test('GET /inbound filters by person, sender and intent, page by page', async () => {
    for (let nth = 1; nth <= 3; nth++) await hooks.sms(AMINA, `Hi ${nth}`)
    await hooks.whatsapp(BRIAN, 'Hello')
    const textsOf = async (query: string) => (await list(query)).map(({ text }: { text: string }) => text)
    expect(await textsOf('?customer_id=1')).toEqual(['Hi 3', 'Hi 2', 'Hi 1'])
    expect(await textsOf('?phone=0712345679')).toEqual(['Hello'])
    expect(await textsOf('?sender=wa')).toEqual(['Hello'])
    expect(await textsOf('?intent=stop')).toEqual([])
    const first = (await api.call('GET', '/inbound?limit=2')).json
    expect(first.data.map(({ text }: { text: string }) => text)).toEqual(['Hello', 'Hi 3'])
    const second = (await api.call('GET', `/inbound?limit=2&cursor=${first.next_cursor}`)).json
    expect(second.data.map(({ text }: { text: string }) => text)).toEqual(['Hi 2', 'Hi 1'])
    expect(second.next_cursor).toBeNull()
    const [{ id }] = first.data
    expect((await api.call('GET', `/inbound/${id}`)).json).toEqual(first.data[0])
  })

  test('refusals name the field and the fix', async () => {
    await hooks.sms(AMINA, 'Hi')
    const codes = [
      await api.call('GET', '/inbound?customer_id=99'),
      await api.call('GET', '/inbound?phone=12'),
      await api.call('GET', `/inbound?phone=0712345679&customer_id=1`),
      await api.call('GET', '/inbound?intent=no'),
      await api.call('GET', '/inbound?cursor=x'),
      await api.call('GET', '/inbound/99'),
      await review(99, 'stop'),
      await review(1, 'maybe'),
      await review((await list())[0].id, 'stop'),
    ].map(({ status, json }) => `${status} ${json.error.code}`)
    expect(codes).toEqual([
      '404 CUSTOMER_NOT_FOUND',
      ...Array(4).fill('400 INVALID_REQUEST'),
      ...Array(2).fill('404 INBOUND_NOT_FOUND'),
      '400 INVALID_REQUEST',
      '409 INBOUND_NOT_REVIEWABLE',
    ])
  })
})
