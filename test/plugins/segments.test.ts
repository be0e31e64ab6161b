/** Routes of segments: made, shown, changed and removed; what a rule may not be; customers who fit. */
import { beforeAll, beforeEach, expect, test } from 'bun:test'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

const utc = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const nairobi = { field: 'location', is: 'nairobi' }

eachDatabase((database) => {
  let api: Api
  beforeAll(() => {
    api = openApi(database().db)
  })
  beforeEach(() => emptyTables(database().db))

  const call = async (request: string, body?: unknown) => {
    const [method = '', path = ''] = request.split(' ')
    const { status, json } = await api.call(method, path, body)
    return { status, json }
  }
  const answers = async (request: string, body?: unknown) => {
    const { status, json } = await call(request, body)
    expect([request, status < 300, json]).toEqual([request, true, json])
    return json
  }
  /** @returns as `400 INVALID_REQUEST`, and the message */
  const refusal = async (request: string, body?: unknown) => {
    const { status, json } = await call(request, body)
    return [`${status} ${json?.error?.code}`, json?.error?.message]
  }
  const made = async (name: string, rule: object = nairobi): Promise<number> =>
    (await answers('POST /segments', { name, rule })).id
  async function addCustomers(): Promise<number[]> {
    const { db } = database()
    await db.insertInto('attributes').values({ name: 'points', type: 'number', description: null }).execute()
    const rows = await db
      .insertInto('customers')
      .values(
        Array.from({ length: 25 }, (_, nth) => ({
          phone: `+2547123450${String(nth).padStart(2, '0')}`,
          first_name: `Amina ${nth}`,
          last_name: null,
          location: nth % 2 === 0 ? 'NAIROBI' : null,
          prefered_product: null,
          language: null,
          time_zone: null,
          tags: nth % 3 === 0 ? ['vip'] : [],
          attributes: { points: nth },
        })),
      )
      .returning('id')
      .execute()
    return rows.map(({ id }) => id)
  }

  test('a segment is made, listed newest first, found by its name, changed and removed', async () => {
    const segment = await answers('POST /segments', { name: 'In Nairobi', rule: nairobi })
    const expected = { id: 1, name: 'In Nairobi', rule: nairobi, created_at: utc, updated_at: utc, used_by: [] }
    expect(segment).toEqual(expected)
    expect(await answers('GET /segments/1')).toEqual(segment)
    const second = await answers('POST /segments', { name: 'VIPs', rule: { all: [{ tag: 'VIP' }, { segment: 1 }] } })
    const used = { ...segment, used_by: [{ kind: 'segment', id: 2, name: 'VIPs' }] }
    expect(await answers('GET /segments')).toEqual({
      data: [second, used],
      pagination: { page: 1, page_size: 20, total_count: 2, total_pages: 1 },
    })
    expect((await answers('GET /segments?page=2&page_size=1')).data).toEqual([used])
    expect((await answers('GET /segments?q=NAIR')).data).toEqual([used])
    const changed = await answers('PATCH /segments/1', { name: 'Nairobi', rule: { tag: 'x' } })
    expect(changed).toEqual({ ...used, name: 'Nairobi', rule: { tag: 'x' }, updated_at: utc })
    expect((await answers('PATCH /segments/2', { rule: { tag: 'vip' } })).rule).toEqual({ tag: 'vip' })
    expect(await call('DELETE /segments/1')).toMatchObject({ status: 204 })
    for (const request of ['GET /segments/1', 'DELETE /segments/1', 'PATCH /segments/1'])
      expect(await refusal(request, request.startsWith('PATCH') ? { name: 'x' } : undefined)).toEqual([
        '404 SEGMENT_NOT_FOUND',
        'Segment with ID 1 not found',
      ])
  })

  test('a name belongs to one segment', async () => {
    await made('One')
    await made('Two')
    const taken = ['409 SEGMENT_EXISTS', 'A segment with the name "One" already exists']
    expect(await refusal('POST /segments', { name: 'One', rule: nairobi })).toEqual(taken)
    expect(await refusal('PATCH /segments/2', { name: 'One' })).toEqual(taken)
    await answers('PATCH /segments/1', { name: 'One', rule: { tag: 'a' } })
  })

  test('a segment that is used is not removed, and says by what', async () => {
    const [one] = [
      await made('One'),
      await made('Two', { not: { segment: 1 } }),
      await made('Three', { any: [{ segment: 1 }] }),
    ]
    const { status, json } = await call(`DELETE /segments/${one}`)
    expect([status, json.error]).toEqual([
      409,
      {
        code: 'SEGMENT_IN_USE',
        message: 'Cannot delete segment 1: segment 2 ("Two") and 1 more use it. Change or delete these first',
        details: {
          used_by: [
            { kind: 'segment', id: 2, name: 'Two' },
            { kind: 'segment', id: 3, name: 'Three' },
          ],
        },
      },
    ])
    await answers('PATCH /segments/2', { rule: nairobi })
    await call('DELETE /segments/3')
    expect((await call('DELETE /segments/1')).status).toBe(204)
  })

  test('what a rule may not be is said with its place, and nothing is written', async () => {
    const { status, json } = await call('POST /segments', {
      name: 'Wrong',
      rule: { all: [{ field: 'attributes.points', at_least: 5 }, { any: [{ segment: 9 }, { tag: 7 }] }] },
    })
    expect([status, json.error.code, json.error.details]).toEqual([
      400,
      'INVALID_REQUEST',
      [
        {
          path: 'rule.all[0].field',
          message:
            'rule.all[0].field names an attribute that is not declared: add it with POST /attributes, or use another one',
        },
        { path: 'rule.all[1].any[1].tag', message: 'rule.all[1].any[1].tag must be text, not a number' },
      ],
    ])
    const missing = { any: [{ tag: 'a' }, { segment: 9 }, { campaign: 5 }] }
    expect(await refusal('POST /segments', { name: 'Missing', rule: missing })).toEqual([
      '400 INVALID_REQUEST',
      'rule.any[1].segment names segment 9, which is not there',
    ])
    for (const request of ['POST /segments', 'POST /segments/preview'])
      expect(
        await refusal(request, { ...(request === 'POST /segments' && { name: 'a' }), rule: { not: { campaign: 5 } } }),
      ).toEqual(['400 INVALID_REQUEST', 'rule.not.campaign names campaign 5, which is not there'])
    expect(await refusal('POST /segments', { name: 'List', rule: [] })).toEqual([
      '400 INVALID_REQUEST',
      'rule must be a JSON object, not a list',
    ])
    expect((await answers('GET /segments')).data).toEqual([])
  })

  test('segments make no circle', async () => {
    await made('One')
    await made('Two', { all: [nairobi, { segment: 1 }] })
    await made('Three', { any: [{ not: { segment: 2 } }, nairobi] })
    expect(await refusal('PATCH /segments/1', { rule: { all: [{ tag: 'a' }, { not: { segment: 3 } }] } })).toEqual([
      '400 INVALID_REQUEST',
      'rule.all[1].not.segment makes a circle of segments: 1 -> 3 -> 2 -> 1',
    ])
    expect(await refusal('PATCH /segments/1', { rule: { segment: 1 } })).toEqual([
      '400 INVALID_REQUEST',
      'rule.segment makes a circle of segments: 1 -> 1',
    ])
    expect((await answers('GET /segments/1')).rule).toEqual(nairobi)
  })

  test('two changes at once make no circle together (race 41)', async () => {
    await made('One')
    await made('Two')
    const statuses = await Promise.all([
      call('PATCH /segments/1', { rule: { segment: 2 } }),
      call('PATCH /segments/2', { rule: { segment: 1 } }),
    ])
    expect(statuses.map(({ status }) => status).sort()).toEqual([200, 400])
  })

  test('a segment is not removed while a new one comes to name it (race 41)', async () => {
    for (let nth = 0; nth < 5; nth++) {
      const id = await made(`Base ${nth}`)
      const [removed, added] = await Promise.all([
        call(`DELETE /segments/${id}`),
        call('POST /segments', { name: `User ${nth}`, rule: { segment: id } }),
      ])
      expect([
        [204, 400],
        [409, 201],
      ]).toContainEqual([removed.status, added.status])
    }
  })

  test('a rule has no more than 200 conditions with those of its segments, also when one of these grows', async () => {
    const tags = (count: number) => ({ any: Array.from({ length: count }, (_, nth) => ({ tag: `t${nth}` })) })
    await made('One', tags(100))
    await made('Two', { all: [{ segment: 1 }, { not: { segment: 1 } }] })
    const tooMany = 'makes more than 200 conditions, with those of the segments that are named'
    expect(await refusal('POST /segments', { name: 'Three', rule: { all: [{ tag: 'a' }, { segment: 2 }] } })).toEqual([
      '400 INVALID_REQUEST',
      `rule.all[1].segment ${tooMany}`,
    ])
    expect(await refusal('PATCH /segments/1', { rule: tags(101) })).toEqual([
      '400 INVALID_REQUEST',
      `rule does not go with segment 2 ("Two"), which uses this one: rule.all[1].not.segment ${tooMany}`,
    ])
    expect((await answers('GET /segments/1')).rule).toEqual(tags(100))
    // Each names the one before twice.
    let last = await made('Double 0')
    for (let nth = 1; nth < 8; nth++)
      last = await made(`Double ${nth}`, { any: [{ segment: last }, { segment: last }] })
    expect(
      (await refusal('POST /segments', { name: 'Double 8', rule: { any: [{ segment: last }, { segment: last }] } }))[0],
    ).toBe('400 INVALID_REQUEST')
    const campaigns = await database()
      .db.insertInto('campaigns')
      .values({ name: 'a', channel: 'sms', base_template: 'b', sender: null, max_rate: null })
      .returning('id')
      .execute()
    const asked = { any: Array.from({ length: 21 }, (_, nth) => ({ campaign: campaigns[0]?.id, within_days: nth })) }
    expect(await refusal('POST /segments/preview', { rule: asked })).toEqual([
      '400 INVALID_REQUEST',
      'rule makes more than 20 conditions on messages, with those of the segments that are named',
    ])
  })

  test('a preview counts customers and shows the first ten', async () => {
    const ids = await addCustomers()
    const rule = { all: [nairobi, { field: 'attributes.points', at_least: 2 }] }
    const { count, sample } = await answers('POST /segments/preview', { rule })
    const expected = ids.filter((_, nth) => nth % 2 === 0 && nth >= 2)
    expect([count, sample.map(({ id }: { id: number }) => id)]).toEqual([12, expected.slice(0, 10)])
    expect(sample[0]).toEqual({
      id: ids[2],
      first_name: 'Amina 2',
      last_name: null,
      phone: '+254712345002',
      location: 'NAIROBI',
      prefered_product: null,
      language: null,
      time_zone: null,
      tags: [],
      attributes: { points: 2 },
      suppressed: [],
    })
    const id = await made('Some', rule)
    expect(await answers('POST /segments/preview', { segment_id: id })).toEqual({ count, sample })
    expect(await answers('POST /segments/preview', { rule: { all: [{ segment: id }, { tag: 'vip' }] } })).toMatchObject(
      {
        count: 4,
      },
    )
    expect(await answers('POST /segments/preview', { rule: { tag: 'none' } })).toEqual({ count: 0, sample: [] })
  })

  test('a preview takes a rule or a segment', async () => {
    const id = await made('One')
    expect((await refusal('POST /segments/preview', { rule: nairobi, segment_id: id }))[0]).toBe('400 INVALID_REQUEST')
    expect(await refusal('POST /segments/preview', {})).toEqual([
      '400 INVALID_REQUEST',
      'The body must hold at least one of rule, segment_id',
    ])
    expect(await refusal('POST /segments/preview', { segment_id: 99 })).toEqual([
      '404 SEGMENT_NOT_FOUND',
      'Segment with ID 99 not found',
    ])
  })

  test('a segment whose attribute is gone says so, and keeps nobody from changing it', async () => {
    await addCustomers()
    const id = await made('Points', { field: 'attributes.points', exists: true })
    const user = await made('User', { segment: id })
    await database().db.deleteFrom('attributes').execute()
    const gone = 'rule.field names an attribute that is not declared: add it with POST /attributes, or use another one'
    expect(await refusal('POST /segments/preview', { segment_id: id })).toEqual(['400 INVALID_REQUEST', gone])
    expect(await refusal('POST /segments/preview', { segment_id: user })).toEqual([
      '400 INVALID_REQUEST',
      `rule.segment names segment ${id} ("Points"), which cannot be used: ${gone}`,
    ])
    expect((await answers(`GET /segments/${user}`)).name).toBe('User')
    await answers(`PATCH /segments/${id}`, { rule: nairobi })
    await answers('POST /segments/preview', { segment_id: user })
  })
})
