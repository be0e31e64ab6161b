/** Campaigns that many ask for at one time: few statements, and nobody gets an answer from before the question. */
import { expect, test } from 'bun:test'
import { systemClock } from '../../core/clock.ts'
import { openCampaignViews } from '../../core/messaging/campaign/views.ts'
import { addCampaign } from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'

eachDispatch((db) => {
  const page = { page: 1, page_size: 20 }

  test('each gets the campaign asked for, and one that is not there is missed alone', async () => {
    const ids = [await addCampaign(db()), await addCampaign(db()), await addCampaign(db())]
    const views = openCampaignViews(db(), systemClock)
    const asked = Array.from({ length: 60 }, (_, nth) => ids[nth % 4] ?? 999)
    const answers = await Promise.allSettled(asked.map((id) => views.get(id)))
    const results = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.id : answer.reason.code))
    expect(results).toEqual(asked.map((id) => (id === 999 ? 'CAMPAIGN_NOT_FOUND' : id)))
  })

  test('each gets the page asked for', async () => {
    for (let nth = 0; nth < 5; nth++) await addCampaign(db())
    const views = openCampaignViews(db(), systemClock)
    const pages = await Promise.all([1, 2, 3, 1, 9, 2].map((nth) => views.list({ page: nth, page_size: 2 }, {})))
    const sizes = pages.map(({ campaigns, count }) => [campaigns.length, count])
    expect(sizes).toEqual([
      [2, 5],
      [2, 5],
      [1, 5],
      [2, 5],
      [0, 5],
      [2, 5],
    ])
    expect(pages[0]?.campaigns.map(({ id }) => id)).toEqual(pages[3]?.campaigns.map(({ id }) => id) ?? [])
    expect((await views.list(page, { status: 'sent' })).count).toBe(0)
  })

  test('whoever asks after a change is told of it, however many answers are under way', async () => {
    const views = openCampaignViews(db(), systemClock)
    for (let nth = 1; nth <= 25; nth++) {
      const others = [views.list(page, {}), views.list(page, {}), views.get(1).catch(() => {})]
      const id = await addCampaign(db())
      const [list, one] = await Promise.all([views.list(page, {}), views.get(id)])
      expect([list.count, list.campaigns[0]?.id, one.id]).toEqual([nth, id, id])
      await Promise.all(others)
    }
  })
})
