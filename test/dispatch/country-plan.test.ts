/** Routes by country: the chunks into which an audience is divided. */
import { expect, test } from 'bun:test'
import { ALL_SENDERS, claimAll, setRoutes, startTo } from '../support/country-routes.ts'
import { listChunks, openDispatch, range } from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'

const everywhere = ['KE', 'US', 'CA', 'GB', 'GG', 'KZ', 'RU', 'NG']

eachDispatch((db, _, kind) => {
  const start = (countries: readonly string[], count: number) => startTo(db(), countries, count)

  /** Countries of each chunk's messages, by the chunk's own. */
  async function planned(of: readonly string[]) {
    const chunks = await listChunks(db())
    const messages = await db().selectFrom('outbound_messages').select(['id', 'customer_id']).execute()
    return chunks.map(({ country, first_id, last_id, size }) => {
      const inside = messages.filter(({ id }) => Number(id) >= Number(first_id) && Number(id) <= Number(last_id))
      return {
        country,
        size,
        inside: inside.length,
        of: [...new Set(inside.map((one) => of[one.customer_id - 1]))].sort(),
      }
    })
  }

  test('an audience is divided by the countries that the route names, whatever calling codes they share', async () => {
    const named = { KE: ['at'], US: ['main'], CA: ['ca'], GB: ['spare'], KZ: ['main'], RU: ['spare'] }
    await setRoutes(db(), named)
    const { of } = await start(everywhere, 80)
    const chunks = await planned(of)
    expect(chunks.toSorted((a, b) => ((a.country ?? '~') < (b.country ?? '~') ? -1 : 1))).toEqual([
      ...Object.keys(named)
        .sort()
        .map((country) => ({ country, size: 10, inside: 10, of: [country] })),
      { country: null, size: 20, inside: 20, of: ['GG', 'NG'] },
    ])
    expect(await claimAll(openDispatch(db(), 'w1', ALL_SENDERS))).toEqual({
      KE: 'at',
      US: 'main',
      CA: 'ca',
      GB: 'spare',
      KZ: 'main',
      RU: 'spare',
      rest: 'main',
    })
  })

  test('an audience of many slices and calls has whole chunks, each recipient once', async () => {
    await setRoutes(db(), { KE: ['at'], CA: ['ca'] })
    const { of, queue, campaignId } = await start(['KE', 'US', 'CA'], 6000)
    await queue(campaignId, range(1, 6000))
    const chunks = await planned(of)
    expect(chunks.every(({ size, inside }) => size === inside && size <= 500)).toBe(true)
    expect(chunks.reduce((sum, { size }) => sum + size, 0)).toBe(6000)
    for (const { country, of } of chunks) expect(of).toEqual([country ?? 'US'])
    // Three slices of 2,000, with 666 or 667 of each country, or one with 2,000 of each.
    expect(chunks).toHaveLength(kind === 'pglite' ? 3 * 3 * 2 : 3 * 4)
  })

  test('an audience is not divided where the route names no country', async () => {
    await setRoutes(db(), {})
    const { of } = await start(everywhere, 600)
    expect((await planned(of)).map(({ country, size }) => [country, size])).toEqual([
      [null, 500],
      [null, 100],
    ])
  })
})
