/** A dry run counts whom policies hold: by the caps of everybody, also where it looks at a sample only. */
import { beforeEach, expect, test } from 'bun:test'
import type { Kysely } from 'kysely'
import { systemClock } from '../../core/clock.ts'
import { openDryRunService } from '../../core/messaging/dry-run/service.ts'
import type { Policy } from '../../core/messaging/policy/policy.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { capWritten } from '../support/capped.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { addCampaign, addCustomers } from '../support/dispatch.ts'

const COUNT = 2000

eachDatabase((database) => {
  let db: Kysely<Database>
  let id: number
  let phones: readonly string[]
  beforeEach(async () => {
    db = database().db
    await emptyTables(db)
    await addCustomers(db, COUNT)
    id = await addCampaign(db)
    phones = (await db.selectFrom('customers').select('phone').orderBy('id').execute()).map(({ phone }) => phone)
  })
  const run = (most: number, policies: readonly Policy[] = []) =>
    openDryRunService(db, { clock: systemClock, most, policies: () => policies }).run({
      campaignId: id,
      customerIds: [],
      spec: { everyone: true },
      language: 'en',
      onPolicyFailure: () => {},
    })
  const every = (nth: number) => phones.filter((_, at) => at % nth === 0)

  test('the number is exact, and the others are divided by country without them', async () => {
    await capWritten(db, every(4))
    const { skips, messages, cost, sample } = await run(300)
    expect([skips, messages]).toEqual([[{ code: 'capped', recipients: COUNT / 4 }], COUNT - COUNT / 4])
    expect(cost.by_country.map((one) => [one.country, one.messages])).toEqual([['KE', messages]])
    expect(sample).toMatchObject({ size: 300, of: COUNT })
  })

  test('also where nobody of them is in the sample', async () => {
    await capWritten(db, every(1000))
    expect((await run(10)).skips).toEqual([{ code: 'capped', recipients: 2 }])
  })

  test('and where everybody is', async () => {
    await capWritten(db, phones)
    expect(await run(300)).toMatchObject({ skips: [{ code: 'capped', recipients: COUNT }], messages: 0, parts: null })
  })

  test('a campaign of service is not held', async () => {
    await capWritten(db, phones)
    await db.updateTable('campaigns').set({ purpose: 'service' }).where('id', '=', id).execute()
    expect(await run(300)).toMatchObject({ skips: [], messages: COUNT })
  })

  test('messages that a policy of a plugin puts off, or that it fails for, count as deferred', async () => {
    const policy: Policy = {
      name: 'odd',
      decide: ({ phone }) => {
        if (phone?.endsWith('0001')) throw new Error('broken')
        return phone?.endsWith('0002') ? { kind: 'defer', ms: 1000 } : { kind: 'send' }
      },
    }
    expect(await run(COUNT, [policy])).toMatchObject({ recipients: COUNT, messages: COUNT - 2, deferred: 2, skips: [] })
  })
})
