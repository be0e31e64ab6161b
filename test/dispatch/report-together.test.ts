/** Several chunks in one statement: each has its own epoch, turn, campaign and outcomes, and none answers for another. */
import { expect, test } from 'bun:test'
import { sql } from 'kysely'
import {
  addCampaign,
  getChunk,
  getMessage,
  listChunks,
  outcome,
  outcomes,
  range,
  startCampaign,
} from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'

eachDispatch((db) => {
  /** Chunks of 500, 500 and 200 of one campaign, and one of 3 of another, all leased. */
  const leaseFour = async () => {
    const started = await startCampaign(db(), 1200)
    const other = await addCampaign(db())
    await started.queue(other, [1, 2, 3])
    const four = [
      await started.take(),
      await started.take(),
      await started.take(),
      await started.take(started.campaignId),
    ]
    return {
      ...started,
      other,
      leases: four as [(typeof four)[0], (typeof four)[0], (typeof four)[0], (typeof four)[0]],
    }
  }

  test('report() writes what several chunks report at one time in one transaction, each by itself', async () => {
    const { report, leases, campaignId, other } = await leaseFour()
    const [first, second, third, fourth] = leases
    const answers = await Promise.all([
      report(first, { results: outcomes(range(1, 10), 'sent'), startedUpto: '15', inFlight: 5, wanted: range(16, 20) }),
      report(second, {
        results: [outcome(501, 'pending', { delayMs: 5000 }), outcome(502, 'failed')],
        startedUpto: '510',
      }),
      report(third, { wanted: range(1001, 1064) }),
      report(fourth, { results: outcomes([1201, 1202, 1203], 'pending'), next: 'done' }),
    ])
    expect(answers.map(({ permits }) => permits)).toEqual([5, 0, 64, 0])
    expect(await getChunk(db(), first.id)).toMatchObject({ sent: 10, started_upto: '20', in_flight: 10, retried: 0 })
    expect(await getChunk(db(), second.id)).toMatchObject({ sent: 0, failed: 1, retried: 1, started_upto: '510' })
    expect(await getChunk(db(), third.id)).toMatchObject({ sent: 0, started_upto: '1064', in_flight: 64 })
    expect(await getChunk(db(), fourth.id)).toMatchObject({ state: 'done', retried: 3 })
    const retries = (await listChunks(db())).filter(({ turn }) => turn > 0)
    expect(retries).toMatchObject([
      { campaign_id: campaignId, parent_id: second.id, ids: ['501'], turn: 1 },
      { campaign_id: other, parent_id: fourth.id, ids: ['1201', '1202', '1203'], turn: 1 },
    ])
    const { rows } = await sql<{ xmins: number }>`
      select count(distinct xmin::text)::int as xmins from dispatch_chunks`.execute(db())
    expect(rows[0]?.xmins).toBe(1)
  })

  test('report() of one chunk that is lost, beside one that is ours: the outcome counts, the right to start does not', async () => {
    const { report, take, leases } = await leaseFour()
    const [lost, , kept] = leases
    await sql`update dispatch_chunks set state = 'ready' where id = ${lost.id}::bigint`.execute(db())
    const anew = await take()
    expect(anew.id).toBe(lost.id)
    const answers = await Promise.all([
      report(lost, { results: [outcome(1, 'sent')], startedUpto: '32', wanted: range(33, 64) }),
      report(kept, { results: [outcome(1001, 'sent')], startedUpto: '1032', wanted: range(1033, 1064) }),
      report(anew, { wanted: range(1, 32) }),
    ])
    expect(answers.map(({ permits }) => permits)).toEqual([0, 32, 32])
    expect(await getChunk(db(), lost.id)).toMatchObject({ sent: 1, started_upto: '32', in_flight: 32, epoch: 2 })
    expect(await getChunk(db(), kept.id)).toMatchObject({ sent: 1, started_upto: '1064' })
  })

  test('race 19: what cannot be written fails its own chunk, and none beside it', async () => {
    const { report, leases } = await leaseFour()
    const [bad, good, fine] = leases
    const results = await Promise.allSettled([
      report(bad, { results: [outcome(1, 'sent', { text: 'no text holds \u0000' })], startedUpto: '64' }),
      report(good, { results: [outcome(501, 'sent')], startedUpto: '564' }),
      report(fine, { results: [outcome(1001, 'sent')], startedUpto: '1064' }),
    ])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
    expect((await getMessage(db(), 1)).status).toBe('pending')
    expect((await getMessage(db(), 501)).status).toBe('sent')
    expect((await getMessage(db(), 1001)).status).toBe('sent')
  })
})
