/** Stop links: in texts, in dry runs and previews, and their page. */
import { beforeEach, describe, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { openTexts } from '../../core/messaging/campaign/texts.ts'
import type { Lease } from '../../core/messaging/chunk/claim.ts'
import { openRead } from '../../core/messaging/chunk/read.ts'
import { openStopLinks, type StopLinkService } from '../../core/messaging/stop-links/service.ts'
import type { StopLink } from '../../core/messaging/text/template.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { openHookApp } from '../support/hook-app.ts'

const PUBLIC_URL = 'https://s.example.org/'
const AMINA = '+254712345678'

eachDatabase((database) => {
  const db = () => database().db
  let api: Api
  let links: StopLinkService
  let writer: StopLink
  let path: string
  beforeEach(async () => {
    await emptyTables(db())
    await sql`insert into customers (phone, language) values (${AMINA}, 'sw-KE'), ('+254712345679', null)`.execute(db())
    api = openApi(db(), undefined, undefined, PUBLIC_URL)
    links = openStopLinks(db(), PUBLIC_URL)
    writer = (await links.findWriter()) as StopLink
    path = new URL(writer(1)).pathname
  })
  const sources = async () =>
    (await db().selectFrom('suppressions').select(['phone', 'channel', 'source']).execute()).map(
      ({ phone, channel, source }) => `${phone} ${channel} ${source}`,
    )
  const post = (wish: string, to = path) =>
    api.request(
      new Request(`${PUBLIC_URL.slice(0, -1)}${to}`, {
        method: 'POST',
        body: `wish=${wish}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }),
    )

  describe('the page', () => {
    test('asks in the language of the customer, and changes nothing', async () => {
      for (const method of ['GET', 'HEAD', 'GET']) {
        const { status, text, headers } = await api.call(method, path)
        expect(status).toBe(200)
        if (method === 'GET') expect(text).toContain('<html lang="sw" dir="ltr">')
        expect(text).not.toContain('712345678')
        expect(headers.get('cache-control')).toBe('no-store')
        expect(headers.get('x-robots-tag')).toContain('noindex')
        expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      }
      expect(await sources()).toEqual([])
    })

    test('opts out by its button, and takes that back', async () => {
      expect((await post('stop')).text).toContain('Hutapokea tena')
      expect(await sources()).toEqual([`${AMINA} all link`])
      expect((await api.call('GET', path)).text).toContain('value="undo"')
      await post('stop')
      expect((await post('undo')).text).toContain('Utaendelea')
      expect(await sources()).toEqual([])
    })

    test('does not take back what the person wrote', async () => {
      await openHookApp(db()).sms(AMINA, 'STOP')
      await post('stop')
      expect((await post('undo')).text).toContain('Hutapokea tena')
      expect(await sources()).toEqual([`${AMINA} all inbound`])
    })

    test('outlasts the review of a near miss', async () => {
      await openHookApp(db()).sms(AMINA, 'please stop')
      await post('stop')
      const [{ id }] = (await api.call('GET', '/inbound?review=open')).json.data
      await api.call('POST', `/inbound/${id}/review`, { decision: 'ignore' })
      expect(await sources()).toEqual([`${AMINA} all link`])
    })

    test('of a link that is not valid says so, in the language of the browser', async () => {
      const other = `/u/${'a'.repeat(16)}`
      for (const { status, text } of [
        await api.call('GET', other, undefined, { 'accept-language': 'xx, ar;q=0.8' }),
        await api.call('GET', '/u/x', undefined, { 'accept-language': 'ar' }),
      ]) {
        expect(status).toBe(404)
        expect(text).toContain('<html lang="ar" dir="rtl">')
      }
      expect((await post('stop', other)).status).toBe(404)
      expect((await post('maybe')).json.error.message).toBe('wish must be "stop" or "undo"')
      await sql`delete from customers`.execute(db())
      expect((await post('stop')).status).toBe(404)
      expect(await sources()).toEqual([])
    })
  })

  describe('{stop_link} in a text', () => {
    const create = async (base_template = 'Hi. Stop: {stop_link}') =>
      (await api.call('POST', '/campaigns', { name: 'a', channel: 'sms', base_template })).json.id

    test('is previewed, and counted in a dry run, as it will be sent', async () => {
      const id = await create()
      const preview = await api.call('POST', `/campaigns/${id}/personalized-preview`, { customer_id: 1 })
      expect(preview.json.rendered_message).toBe(`Hi. Stop: https://s.example.org${path}`)
      const long = await create(`${'x'.repeat(140)}{stop_link}`)
      const { json } = await api.call('POST', `/campaigns/${long}/dry-run`, { customer_ids: [1, 2] })
      expect(json.parts).toMatchObject({ least: 2, most: 2 })
    })

    test('is read with the messages of a chunk', async () => {
      const id = await create()
      expect((await api.call('POST', `/campaigns/${id}/send`, { customer_ids: [1, 2] })).status).toBe(200)
      const campaign = await db().selectFrom('campaigns').selectAll().executeTakeFirstOrThrow()
      const chunk = await db().selectFrom('dispatch_chunks').selectAll().executeTakeFirstOrThrow()
      const texts = await openTexts(campaign, 'en', async () => new Map(), await links.findWriter())
      const read = openRead(db())
      // By themselves, and together with those of another chunk.
      for (const size of [500, 10]) {
        const lease = { ...chunk, ids: null, size } as unknown as Lease
        const [rows = []] = await Promise.all([read(lease, texts.columns), read(lease, texts.columns)])
        expect(rows.map(texts.render)).toEqual([1, 2].map((customer) => `Hi. Stop: ${writer(customer)}`))
      }
    })

    test('forbids sending where PUBLIC_URL is not set', async () => {
      const id = await create()
      const { status, json } = await openApi(db()).call('POST', `/campaigns/${id}/send`, { customer_ids: [1] })
      expect([status, json.error.code]).toEqual([400, 'TEMPLATE_UNKNOWN_PLACEHOLDER'])
      expect(json.error.details[0].message).toContain('set PUBLIC_URL')
    })
  })

  test('all processes make the same links', async () => {
    const [a, b] = await Promise.all(
      [openStopLinks(db(), PUBLIC_URL), openStopLinks(db(), 'https://x.org')].map((one) => one.findWriter()),
    )
    expect(a?.(2).slice(-16)).toBe(b?.(2).slice(-16) ?? '')
  })
})
