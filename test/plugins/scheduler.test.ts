import { expect, test } from 'bun:test'
import { sql } from 'kysely'
import { openPostgres } from '../../core/db/open.ts'
import { openNextStart, startDue } from '../../core/messaging/campaign/start.ts'
import { openOrphanCheck, rescue } from '../../core/messaging/chunk/rescue.ts'
import {
  addCampaign,
  addCustomers,
  endLeases,
  getCampaign,
  listChunks,
  openDispatch,
  outcomes,
  startCampaign,
} from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'

eachDispatch((db, database, kind) => {
  /** A campaign with recipients, scheduled while its time was ahead, whose time is now `at`. */
  async function scheduled(at: Date | string): Promise<number> {
    const id = await addCampaign(db(), 3600)
    await openDispatch(db()).queue(id, [1, 2])
    await db().updateTable('campaigns').set({ scheduled_at: at }).where('id', '=', id).execute()
    return id
  }
  const fromNow = (ms: number) => new Date(Date.now() + ms)
  /** The same moment, as a clock on the wall says it `hours` east of Greenwich. */
  const withOffset = (at: Date, hours: number) => {
    const sign = hours < 0 ? '-' : '+'
    const wall = new Date(at.getTime() + hours * 3_600_000).toISOString().slice(0, -1)
    return `${wall}${sign}${String(Math.abs(hours)).padStart(2, '0')}:00`
  }

  test('startDue() starts the campaigns whose time has come, whatever offset it was given in', async () => {
    await addCustomers(db(), 2)
    const past = fromNow(-60_000)
    const due = [await scheduled(past), await scheduled(withOffset(past, 14)), await scheduled(withOffset(past, -12))]
    const future = fromNow(60_000)
    const ahead = [await scheduled(withOffset(future, 14)), await scheduled(withOffset(future, -12))]
    expect((await startDue(db())).toSorted()).toEqual(due)
    for (const id of due) {
      const { status, started_at } = await getCampaign(db(), id)
      expect([status, started_at instanceof Date]).toEqual(['sending', true])
    }
    for (const id of ahead) expect((await getCampaign(db(), id)).status).toBe('scheduled')
    expect((await listChunks(db())).map(({ state }) => state)).toEqual(['ready', 'ready', 'ready', 'held', 'held'])
    expect(await startDue(db())).toEqual([])
  })

  test('startDue() starts so many at most, those first that are due longest', async () => {
    await addCustomers(db(), 2)
    const [third, first, second] = [
      await scheduled(fromNow(-1000)),
      await scheduled(fromNow(-3000)),
      await scheduled(fromNow(-2000)),
    ]
    expect((await startDue(db(), 2)).toSorted()).toEqual([first, second])
    expect((await listChunks(db())).map(({ state }) => state)).toEqual(['held', 'ready', 'ready'])
    expect(await startDue(db(), 2)).toEqual([third])
    expect(await startDue(db(), 2)).toEqual([])
  })

  test('startDue() lets a campaign without recipients wait for them', async () => {
    const id = await addCampaign(db(), -60)
    expect(await startDue(db())).toEqual([])
    expect((await getCampaign(db(), id)).status).toBe('scheduled')
    await addCustomers(db(), 1)
    expect(await openDispatch(db()).queue(id, [1])).toEqual({ queued: 1, status: 'sending', audienceOpen: false })
  })

  test.skipIf(kind === 'pglite')(
    'race 6: of two schedulers one starts a campaign, and the other does not wait',
    async () => {
      await addCustomers(db(), 2)
      const id = await scheduled(fromNow(-1000))
      const other = openPostgres(database().url ?? '', 1)
      await other.db.transaction().execute(async (trx) => {
        await trx.selectFrom('campaigns').select('id').where('id', '=', id).forUpdate().execute()
        expect(await startDue(db())).toEqual([])
      })
      const both = await Promise.all([startDue(db()), startDue(other.db)])
      expect(both.flat()).toEqual([id])
      await other.close()
    },
  )

  test('nextStart() is the time to the next start, at most the interval, and says what is due already', async () => {
    const nextStart = openNextStart(db())
    expect(await nextStart(1000)).toEqual({ due: false, ms: 1000, selecting: false })
    await addCustomers(db(), 2)
    await scheduled(fromNow(20_000))
    const { due, ms } = await nextStart(60_000)
    expect(due).toBe(false)
    expect(ms).toBeGreaterThan(10_000)
    expect(ms).toBeLessThanOrEqual(20_000)
    expect(await nextStart(500)).toEqual({ due: false, ms: 500, selecting: false })
    await scheduled(fromNow(-60_000))
    expect(await nextStart(500)).toEqual({ due: true, ms: 500, selecting: false })
  })

  test('hasOrphans() is true while a campaign is not over, or a process is gone', async () => {
    const hasOrphans = openOrphanCheck(db())
    expect(await hasOrphans()).toBe(false)
    const { campaignId, control } = await startCampaign(db(), 1)
    expect(await hasOrphans()).toBe(true)
    await control(campaignId, 'cancel')
    expect(await hasOrphans()).toBe(true)
    await rescue(db(), 'postgres')
    expect(await hasOrphans()).toBe(false)
    await sql`insert into processes (id, host, pid, plugins, seen_at)
      values ('dead', 'h', 1, '{}', now() - interval '61 seconds')`.execute(db())
    expect(await hasOrphans()).toBe(true)
  })

  test('rescue() gives back what a dead worker held, and completes what it left over', async () => {
    const { take, report, campaignId } = await startCampaign(db(), 501)
    const [first, second] = [await take(), await take()]
    const ids = Array.from({ length: 500 }, (_, at) => at + 1)
    await report(first, { results: outcomes(ids, 'sent'), startedUpto: '500', next: 'done' })
    expect(await rescue(db(), 'postgres')).toEqual({ expired: 0, released: 0, completed: 0, leftOpen: [] })
    await endLeases(db())
    expect(await rescue(db(), 'postgres')).toEqual({ expired: 1, released: 0, completed: 0, leftOpen: [] })
    const again = await take()
    expect(again).toMatchObject({ id: second.id, epoch: 2 })
    await report(again, { results: outcomes([501], 'sent'), startedUpto: '501', next: 'done' })
    expect(await rescue(db(), 'postgres')).toEqual({ expired: 0, released: 0, completed: 1, leftOpen: [] })
    expect((await getCampaign(db(), campaignId)).status).toBe('sent')
    expect(await rescue(db(), 'postgres')).toEqual({ expired: 0, released: 0, completed: 0, leftOpen: [] })
  })

  test('rescue() forgets processes that were not seen for a minute', async () => {
    const process = (id: string, ago: string) =>
      sql`insert into processes (id, host, pid, plugins, seen_at)
        values (${id}, 'h', 1, '{}', now() - ${ago}::interval)`.execute(db())
    await process('dead', '61 seconds')
    await process('slow', '50 seconds')
    await rescue(db(), 'postgres')
    expect(await db().selectFrom('processes').select('id').execute()).toEqual([{ id: 'slow' }])
  })
})
