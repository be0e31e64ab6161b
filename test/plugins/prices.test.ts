/** The price list over the API. */
import { beforeEach, expect, test } from 'bun:test'
import { type Price, pricesExample } from '../../core/messaging/prices/price-list.ts'
import { openPriceService } from '../../core/messaging/prices/service.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

eachDatabase((database) => {
  let api: Api
  beforeEach(async () => {
    await emptyTables(database().db)
    api = openApi(database().db)
  })
  const put = (...prices: unknown[]) => api.call('PUT', '/prices', { prices })
  const [kenya, others, whatsapp] = pricesExample

  test('is empty at first, is replaced as a whole, and keeps each digit', async () => {
    expect((await api.call('GET', '/prices')).json).toEqual({ prices: [], source: 'api' })
    // In the order of channels and countries, that for all others last.
    const set = await put(whatsapp, others, kenya)
    expect([set.status, set.json]).toEqual([200, { prices: pricesExample, source: 'api' }])
    expect((await api.call('GET', '/prices')).json).toEqual({ prices: pricesExample, source: 'api' })
    expect((await put(kenya)).json).toEqual({ prices: [kenya], source: 'api' })
    expect((await put()).json).toEqual({ prices: [], source: 'api' })
  })

  test.each([
    ['no list', {}, 'prices'],
    ['a country in small letters', { prices: [{ ...kenya, country: 'ke' }] }, 'prices[0].country'],
    ['a country that there is not', { prices: [kenya, { ...kenya, country: 'ZZ' }] }, 'prices[1].country'],
    ['a currency that there is not', { prices: [{ ...kenya, currency: 'KSH' }] }, 'prices[0].currency'],
    ['a price as a number', { prices: [{ ...kenya, price: 0.8 }] }, 'prices[0].price'],
    ['a negative price', { prices: [{ ...kenya, price: '-1' }] }, 'prices[0].price'],
    ['a price with an exponent', { prices: [{ ...kenya, price: '1e3' }] }, 'prices[0].price'],
    ['a price with a comma', { prices: [{ ...kenya, price: '0,80' }] }, 'prices[0].price'],
    ['too many digits', { prices: [{ ...kenya, price: '0.1234567' }] }, 'prices[0].price'],
    ['another unit', { prices: [{ ...kenya, per: 'segment' }] }, 'prices[0].per'],
    ['another channel', { prices: [{ ...kenya, channel: 'email' }] }, 'prices[0].channel'],
    ['parts on WhatsApp', { prices: [{ ...whatsapp, per: 'part' }] }, 'prices[0].per'],
    ['an unknown field', { prices: [{ ...kenya, note: 'x' }] }, 'prices[0].note'],
    ['a country twice', { prices: [kenya, whatsapp, kenya] }, 'prices[2]'],
    ['all others twice', { prices: [others, others] }, 'prices[1]'],
    ['too many', { prices: Array.from({ length: 1001 }, () => kenya) }, 'prices'],
  ])('refuses %s, names the place, and changes nothing', async (_, body, path) => {
    await put(kenya)
    const { status, json } = await api.call('PUT', '/prices', body)
    expect([status, json.error.code]).toEqual([400, 'INVALID_REQUEST'])
    expect(json.error.details[0].path).toBe(path)
    expect((await api.call('GET', '/prices')).json.prices).toEqual([kenya])
  })

  test('two that replace it at once leave the list of one of them', async () => {
    await Promise.all([put(kenya, whatsapp), put(others)])
    const { json } = await api.call('GET', '/prices')
    expect([JSON.stringify([kenya, whatsapp]), JSON.stringify([others])]).toContain(JSON.stringify(json.prices))
  })

  test('of a file is shown, and cannot be replaced', async () => {
    const service = openPriceService(database().db, [whatsapp, kenya] as Price[])
    expect(await service.get()).toEqual({ prices: [kenya, whatsapp] as Price[], source: 'file' })
    expect(service.replace([])).rejects.toMatchObject({ code: 'PRICES_FROM_FILE', status: 409 })
  })
})
