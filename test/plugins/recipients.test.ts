import { beforeEach, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { readCursor, writeCursor } from '../../core/http/cursor.ts'
import { LOOKED_AT } from '../../core/messaging/recipients/rows.ts'
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
        delivery: 'undelivered',
        delivery_code: '30005',
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
        delivery: 'undelivered',
        delivery_code: '30005',
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
        delivery: null,
        delivery_code: null,
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
    const first = { state: 'leased', started_upto: '4', in_flight: 1, failed: 1, retried: 2 } as const
    await db.updateTable('dispatch_chunks').set(first).execute()
    await db.updateTable('outbound_messages').set({ status: 'failed', turn: 1 }).where('id', '=', '1').execute()
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
    await sql`insert into dispatch_chunks (campaign_id, turn, first_id, last_id, ids, size, state, started_upto,
      in_flight) values (1, 1, 2, 3, '{2,3}', 2, 'leased', 2, 1)`.execute(db)
    expect((await statuses()).slice(1, 4)).toEqual([
      [2, 'sending'],
      [3, 'pending'],
      [4, 'sending'],
    ])
    // In the order of their chunks.
    expect(await statuses('?status=sending')).toEqual([
      [4, 'sending'],
      [2, 'sending'],
    ])
    expect(await statuses('?status=pending&limit=2')).toEqual([
      [5, 'pending'],
      [6, 'pending'],
    ])
    expect((await statuses('?status=pending')).map(([id]: [number]) => id)).toEqual([5, 6, 7, 8, 3])
    expect(await statuses('?status=failed')).toEqual([[1, 'failed']])
  })

  test('pages of a status meet every recipient once, whatever chunks they are in, in the list and in the export', async () => {
    const { db } = database()
    await sql`update outbound_messages set status = 'failed', turn = 1 where id in (1, 2, 5)`.execute(db)
    await sql`update outbound_messages set status = 'failed', turn = 2 where id in (3, 8)`.execute(db)
    await sql`update dispatch_chunks set failed = 3, retried = 2`.execute(db)
    await sql`insert into dispatch_chunks (campaign_id, turn, first_id, last_id, ids, size, failed, state)
      values (1, 1, 3, 8, '{3,8}', 2, 2, 'done')`.execute(db)
    for (const limit of [1, 2, 3, 4, 5]) {
      const seen: number[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const at: string = `/campaigns/1/messages?status=failed&limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`
        const { json } = await api.call('GET', at)
        seen.push(...json.data.map((row: Row) => row.customer?.id))
        cursor = json.next_cursor
      }
      expect([limit, seen]).toEqual([limit, [1, 2, 5, 3, 8]])
    }
    const { text } = await api.call('GET', '/campaigns/1/messages.csv?status=failed')
    expect(text.split('\r\n').length).toBe(7)
    const other = (await api.call('GET', '/campaigns/1/messages?limit=1')).json.next_cursor
    expect((await api.call('GET', `/campaigns/1/messages?status=failed&cursor=${other}`)).status).toBe(400)
  })

  test('a filter by delivery finds the recipients that the figures count, in the list and in the export', async () => {
    const { db } = database()
    await sql`update outbound_messages set status = 'sent', turn = 1,
      delivery = (array['delivered', 'undelivered', 'read', 'submitted', null]::delivery[])[id] where id <= 5`.execute(
      db,
    )
    const found = async (query: string) => (await statuses(query)).map(([id]: [number]) => id)
    expect(await found('?delivery=delivered')).toEqual([1, 3])
    expect(await found('?delivery=undelivered')).toEqual([2])
    expect(await found('?delivery=read&status=sent')).toEqual([3])
    expect(await found('?delivery=awaiting')).toEqual([4, 5])
    expect(await found('?delivery=delivered&status=failed')).toEqual([])
    expect(await found('?delivery=awaiting&q=n5')).toEqual([5])
    const first = (await api.call('GET', '/campaigns/1/messages?delivery=delivered&limit=1')).json
    expect(first.data).toHaveLength(1)
    expect(await found(`?delivery=delivered&limit=1&cursor=${first.next_cursor}`)).toEqual([3])
    const { text } = await api.call('GET', '/campaigns/1/messages.csv?delivery=awaiting')
    expect(text.split('\r\n')).toHaveLength(4)
    expect((await api.call('GET', '/campaigns/1/messages?delivery=submitted')).status).toBe(400)
  })

  test('refuses a cursor that is none of ours, a wrong status and an unknown campaign; clamps the limit', async () => {
    const bad = await api.call('GET', '/campaigns/1/messages?cursor=abc')
    expect(bad.json.error).toMatchObject({ code: 'INVALID_REQUEST', details: [{ path: 'query.cursor' }] })
    expect((await api.call('GET', '/campaigns/1/messages?status=done')).status).toBe(400)
    expect((await api.call('GET', '/campaigns/1/messages?limit=0')).status).toBe(400)
    expect((await api.call('GET', '/campaigns/1/messages?limit=9999999')).json.data).toHaveLength(8)
    expect((await api.call('GET', '/campaigns/2/messages')).json.error.code).toBe('CAMPAIGN_NOT_FOUND')
  })

  test('q finds recipients by the beginning of their phone, as people write it', async () => {
    await sql`update customers set phone = '+254712345678' where id = 3`.execute(database().db)
    for (const q of ['%2B254712', '0712', '712345678', '254712', '00254712', '0712 345-678', '(0712) 345'])
      expect([q, await statuses(`?q=${q}`)]).toEqual([q, [[3, 'pending']]])
    expect(await statuses('?q=0712&status=sent')).toEqual([])
    expect(await statuses('?q=0713')).toEqual([])
    expect(await statuses('?q=%20')).toHaveLength(8)
    const { json } = await api.call('GET', '/campaigns/1/messages?q=0710&limit=3')
    expect(json.data.map((row: Row) => row.customer?.id)).toEqual([1, 2, 4])
    expect(await statuses(`?q=0710&cursor=${json.next_cursor}`)).toHaveLength(4)
    for (const q of ['07', '%25%25%25', '071_']) expect([q, await statuses(`?q=${q}`)]).toEqual([q, []])
  })

  test('q finds recipients by words of their name, in any order and case, in the list and in the export', async () => {
    await sql`update customers set first_name = 'Amina', last_name = 'Otieno' where id in (3, 5)`.execute(database().db)
    await sql`update customers set first_name = '100%' where id = 6`.execute(database().db)
    const cases: readonly (readonly [string, number[]])[] = [
      ['amina', [3, 5]],
      ['OTIENO ami', [3, 5]],
      ['mina', [3, 5]],
      ['amina nobody', []],
      ['n1', [1]],
      ['100%25', [6]],
    ]
    for (const [q, ids] of cases) expect([q, (await statuses(`?q=${q}`)).map(([id]: [number]) => id)]).toEqual([q, ids])
    const { json } = await api.call('GET', '/campaigns/1/messages?q=amina&limit=1')
    expect(json.data.map((row: Row) => row.customer?.id)).toEqual([3])
    expect((await statuses(`?q=amina&cursor=${json.next_cursor}`)).map(([id]: [number]) => id)).toEqual([5])
    const { text } = await api.call('GET', '/campaigns/1/messages.csv?q=amina')
    expect(text.split('\r\n')).toHaveLength(4)
  })

  test('a name that very many have is found among the recipients alone', async () => {
    const { db } = database()
    await sql`insert into customers (phone, first_name) select '+2547' || (20000000 + i), 'Common' from generate_series(9, 3000) i`.execute(
      db,
    )
    await sql`insert into outbound_messages (campaign_id, customer_id) values (1, 2000), (1, 2999)`.execute(db)
    expect((await statuses('?q=common')).map(([id]: [number]) => id)).toEqual([2000, 2999])
  })

  test('a search that finds too many in a large campaign answers in parts, a status at once', async () => {
    const { db } = database()
    const [people, matching] = [LOOKED_AT * 2 + 5, [9, LOOKED_AT, LOOKED_AT + 1, LOOKED_AT * 2 + 5]]
    await sql`insert into customers (phone) select '+2547' || (20000000 + i) from generate_series(9, ${people}::int) i`.execute(
      db,
    )
    await sql`insert into outbound_messages (campaign_id, customer_id) select 1, i from generate_series(9, ${people}::int) i`.execute(
      db,
    )
    await sql`update outbound_messages set status = 'failed', turn = 1, delivery = 'undelivered' where customer_id = any(${matching}::int[])`.execute(
      db,
    )
    await sql`insert into dispatch_chunks (campaign_id, first_id, last_id, size, failed, state)
      select 1, min(id), max(id), count(*), count(*) filter (where status = 'failed'), 'held'
      from outbound_messages where id > 8 group by (id - 9) / 500 order by 1, 2`.execute(db)
    for (const [filter, parts] of [
      ['status=failed', 1],
      ['status=unknown', 1],
      ['status=failed&q=072', 3],
      ['delivery=undelivered', 3],
    ] as const) {
      const seen: (number | undefined)[] = []
      let answers = 0
      for (let cursor: string | null = ''; cursor !== null; answers++) {
        const at: string = `/campaigns/1/messages?${filter}&limit=500${cursor ? `&cursor=${cursor}` : ''}`
        const { json } = await api.call('GET', at)
        seen.push(...json.data.map((row: Row) => row.customer?.id))
        cursor = json.next_cursor
      }
      expect([filter, seen, answers]).toEqual([filter, filter === 'status=unknown' ? [] : matching, parts])
    }
    const { text } = await api.call('GET', '/campaigns/1/messages.csv')
    expect(text.split('\r\n')).toHaveLength(people + 2)
    expect((await api.call('GET', '/campaigns/1/messages.csv?status=failed')).text.split('\r\n')).toHaveLength(6)
  })

  test('GET /campaigns/{id}/messages.csv holds every recipient, quoted, and runs nothing in a spreadsheet', async () => {
    const { db } = database()
    await db.updateTable('customers').set({ first_name: '=1+1', last_name: 'a,"b"' }).where('id', '=', 1).execute()
    await db
      .updateTable('outbound_messages')
      .set({ status: 'sent', rendered_content: '@x\nHabari, ✓', provider_message_id: '-p', updated_at: new Date(0) })
      .set({ delivery: 'delivered' })
      .where('customer_id', '=', 1)
      .execute()
    await api.call('DELETE', '/customers/8')
    const { status, headers, text } = await api.call('GET', '/campaigns/1/messages.csv')
    expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8'])
    expect(headers.get('content-disposition')).toBe('attachment; filename="campaign-1-recipients.csv"')
    const [head, first, , ...rest] = text.split('\r\n')
    expect(head).toBe(
      'customer_id,phone,first_name,last_name,status,attempts,provider_message_id,last_error,rendered_content,delivery,delivery_code,created_at,updated_at',
    )
    expect(first).toStartWith(`1,+254710000001,'=1+1,"a,""b""",sent,0,'-p,,"'@x\nHabari, ✓",delivered,,`)
    expect(first).toEndWith('Z,1970-01-01T00:00:00.000Z')
    expect(rest.at(-2)).toMatch(/^8,,,,pending,0,,,,,,\d{4}-.*Z,$/)
    expect(rest.at(-1)).toBe('')
    expect((await api.call('GET', '/campaigns/1/messages.csv?q=0710')).text.split('\r\n')).toHaveLength(9)
    expect((await api.call('GET', '/campaigns/2/messages.csv')).json.error.code).toBe('CAMPAIGN_NOT_FOUND')
  })
})
