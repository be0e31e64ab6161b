import { beforeEach, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { readCursor, writeCursor } from '../../plugins/campaigns/cursor.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

test('a cursor is read only as it was written', () => {
  expect(readCursor(writeCursor(7))).toBe(7)
  for (const bad of ['', '7', 'YWZ0ZXI6', `${writeCursor(7)}=`, Buffer.from('after:1e3').toString('base64url')])
    expect(() => readCursor(bad)).toThrow('next_cursor')
})

eachDatabase((database) => {
  let api: Api
  beforeEach(async () => {
    const { db } = database()
    await emptyTables(db)
    api = openApi(db)
    await sql`insert into customers (phone, first_name) select '+2547' || (10000000 + i), 'n' || i from generate_series(1, 8) i`.execute(
      db,
    )
    await api.call('POST', '/campaigns', { name: 'a', channel: 'sms', base_template: 'b' })
    await api.call('POST', '/campaigns/1/send', { customer_ids: [1, 2, 3, 4, 5, 6, 7, 8] })
  })

  type Row = { customer: { id: number } | null; status: string }
  const statuses = async (query = '') => {
    const { json } = await api.call('GET', `/campaigns/1/messages${query}`)
    return json.data.map((row: Row) => [row.customer?.id ?? null, row.status])
  }

  test('GET /campaigns/{id}/messages shows every promised field', async () => {
    await database()
      .db.updateTable('outbound_messages')
      .set({
        status: 'sent',
        attempts: 2,
        provider_message_id: 'p1',
        last_error: null,
        rendered_content: 'b',
        updated_at: new Date(),
      })
      .where('customer_id', '=', 1)
      .execute()
    await api.call('DELETE', '/customers/2')
    const { json } = await api.call('GET', '/campaigns/1/messages?limit=2')
    expect(json.data).toEqual([
      {
        customer: { id: 1, first_name: 'n1', last_name: null, phone: '+254710000001' },
        status: 'sent',
        attempts: 2,
        provider_message_id: 'p1',
        last_error: null,
        history: [],
        rendered_content: 'b',
        created_at: expect.stringMatching(/Z$/),
        updated_at: expect.stringMatching(/Z$/),
      },
      {
        customer: null,
        status: 'pending',
        attempts: 0,
        provider_message_id: null,
        last_error: null,
        history: [],
        rendered_content: null,
        created_at: expect.stringMatching(/Z$/),
        updated_at: null,
      },
    ])
    expect(json.next_cursor).toBeString()
  })

  test('pages meet every recipient once, and the last has no cursor', async () => {
    const seen: number[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const query: string = `?limit=3${cursor ? `&cursor=${cursor}` : ''}`
      const { json } = await api.call('GET', `/campaigns/1/messages${query}`)
      seen.push(...json.data.map((row: Row) => row.customer?.id))
      cursor = json.next_cursor
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  test('a message in a sender’s hands is shown as sending, by its chunk’s lease, watermark and turn', async () => {
    const { db } = database()
    await db.updateTable('dispatch_chunks').set({ state: 'leased', started_upto: '4' }).execute()
    await db.updateTable('outbound_messages').set({ status: 'failed' }).where('id', '=', '1').execute()
    await db.updateTable('outbound_messages').set({ turn: 1 }).where('id', 'in', ['2', '3']).execute()
    expect(await statuses()).toEqual([
      [1, 'failed'],
      [2, 'pending'],
      [3, 'pending'],
      [4, 'sending'],
      [5, 'pending'],
      [6, 'pending'],
      [7, 'pending'],
      [8, 'pending'],
    ])
    await sql`insert into dispatch_chunks (campaign_id, origin_id, turn, first_id, last_id, ids, size, state, started_upto)
      values (1, 1, 1, 2, 8, '{2,8}', 2, 'leased', 8)`.execute(db)
    expect((await statuses()).slice(1, 4)).toEqual([
      [2, 'sending'],
      [3, 'pending'],
      [4, 'sending'],
    ])
    expect(await statuses('?status=sending')).toEqual([
      [2, 'sending'],
      [4, 'sending'],
    ])
    expect(await statuses('?status=pending&limit=2')).toEqual([
      [3, 'pending'],
      [5, 'pending'],
    ])
    expect(await statuses('?status=failed')).toEqual([[1, 'failed']])
  })

  test('refuses a cursor that is none of ours, a wrong status and an unknown campaign; clamps the limit', async () => {
    const bad = await api.call('GET', '/campaigns/1/messages?cursor=abc')
    expect(bad.json.error).toMatchObject({ code: 'INVALID_REQUEST', details: [{ path: 'query.cursor' }] })
    expect((await api.call('GET', '/campaigns/1/messages?status=done')).status).toBe(400)
    expect((await api.call('GET', '/campaigns/1/messages?limit=0')).status).toBe(400)
    expect((await api.call('GET', '/campaigns/1/messages?limit=9999999')).json.data).toHaveLength(8)
    expect((await api.call('GET', '/campaigns/2/messages')).json.error.code).toBe('CAMPAIGN_NOT_FOUND')
  })
})
