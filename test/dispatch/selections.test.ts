/** Audiences of segments and rules: whom they select, and what is refused. */
import { beforeEach, describe, expect, test } from 'bun:test'
import type { AudienceSpec } from '../../core/messaging/enqueue/audience-spec.ts'
import { addCampaign, getCampaign, listChunks, openDispatch } from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'
import { addForty, NAIROBI, openSelections, VIP, where } from '../support/selections.ts'

eachDispatch((db) => {
  const { enqueue, select, addSegment, queueAll, recipients, narrow } = openSelections(db)
  let campaignId: number

  beforeEach(async () => {
    await addForty(db())
    campaignId = await addCampaign(db())
  })

  describe('whom an audience selects', () => {
    const cases: readonly [string, () => Promise<AudienceSpec>, (id: number) => boolean][] = [
      ['everyone', async () => ({ everyone: true }), () => true],
      ['a rule', async () => ({ rules: NAIROBI }), (id) => id % 2 === 0],
      ['a segment', async () => ({ segment_ids: [await addSegment('n', NAIROBI)] }), (id) => id % 2 === 0],
      [
        'a segment or a rule',
        async () => ({ segment_ids: [await addSegment('n', NAIROBI)], rules: VIP }),
        (id) => id % 2 === 0 || id % 5 === 0,
      ],
      [
        'two segments, one of which uses the other',
        async () => {
          const inner = await addSegment('n', NAIROBI)
          return { segment_ids: [inner, await addSegment('nv', { all: [{ segment: inner }, VIP] })] }
        },
        (id) => id % 2 === 0,
      ],
      [
        'everyone but a segment and a rule',
        async () => ({ everyone: true, exclude: { segment_ids: [await addSegment('v', VIP)], rules: NAIROBI } }),
        (id) => id % 2 === 1 && id % 5 !== 0,
      ],
      [
        'everyone but the recipients of another campaign',
        async () => {
          const other = await addCampaign(db())
          await openDispatch(db()).queue(other, [3, 4, 5])
          return { everyone: true, exclude: { campaign_ids: [other] } }
        },
        (id) => id < 3 || id > 5,
      ],
      ['nobody', async () => ({ rules: { field: 'location', is: 'Nowhere' } }), () => false],
    ]
    for (const [name, specOf, fits] of cases)
      for (const span of [1, 7, 20_000])
        test(`${name}, in steps of ${span} ids`, async () => {
          const answer = await select(await specOf())
          expect(answer).toEqual({ queued: 0, status: 'sending', audienceOpen: true })
          await narrow(span)
          await queueAll()
          expect(await recipients()).toEqual(where(fits))
          expect(await getCampaign(db(), campaignId)).toMatchObject({ audience_open: false })
          const chunked = (await listChunks(db())).filter(({ campaign_id }) => campaign_id === campaignId)
          expect(chunked.reduce((sum, { size }) => sum + size, 0)).toBe(where(fits).length)
          expect(await enqueue().listSelections(campaignId)).toMatchObject([
            { status: 'queued', queued: where(fits).length },
          ])
        })
  })

  const refusals: readonly [string, AudienceSpec, string][] = [
    ['nobody', {}, 'audience selects nobody'],
    ['everyone: false', { everyone: false }, 'audience selects nobody'],
    ['everyone and a rule', { everyone: true, rules: VIP }, 'audience.everyone'],
    ['a segment that is not there', { segment_ids: [99] }, 'audience.segment_ids[0] names segment 99'],
    [
      'an excluded segment that is not there',
      { everyone: true, exclude: { segment_ids: [99] } },
      'audience.exclude.segment_ids[0] names segment 99',
    ],
    [
      'a campaign that is not there',
      { everyone: true, exclude: { campaign_ids: [99] } },
      'audience.exclude.campaign_ids[0]',
    ],
    ['a bad rule', { rules: { field: 'loaction', is: 'x' } }, 'audience.rules'],
    ['a bad rule that excludes', { everyone: true, exclude: { rules: { tag: 5 } } }, 'audience.exclude.rules'],
  ]
  for (const [name, spec, place] of refusals)
    test(`${name} is refused, and nothing is written`, async () => {
      await expect(select(spec)).rejects.toMatchObject({
        code: 'INVALID_REQUEST',
        message: expect.stringContaining(place),
        details: [expect.objectContaining({ path: expect.stringContaining(place.split(' ')[0] ?? '') })],
      })
      expect(await getCampaign(db(), campaignId)).toMatchObject({ status: 'draft', audience_open: false })
      expect(await db().selectFrom('selections').select('id').execute()).toEqual([])
    })
})
