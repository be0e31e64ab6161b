import { beforeEach, expect, test } from 'bun:test'
import { sql } from 'kysely'
import type { Database } from '../../core/messaging/schema.ts'
import { FIRST_BATCH, LARGEST_BATCH } from '../../plugins/customers/import/batch-size.ts'
import { MAX_REFUSALS } from '../../plugins/customers/import/import.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

/** In parts of a few bytes, as a network may cut it: within letters, line ends and quotes. */
function inParts(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(at, at + size))
      at += size
    },
  })
}

/** Length of the longest list among the values of a statement. */
function longestList(node: unknown): number {
  if (typeof node !== 'object' || node === null) return 0
  const own = Array.isArray(node) && typeof node[0] === 'string' ? node.length : 0
  return Math.max(own, ...Object.values(node).map(longestList))
}

eachDatabase((database, kind) => {
  let api: Api
  beforeEach(async () => {
    await emptyTables(database().db)
    api = openApi(database().db)
  })

  const importing = (body: string | ReadableStream, headers: Record<string, string> = {}) =>
    api.request(
      new Request('http://localhost/customers/import', {
        method: 'POST',
        body,
        headers: { 'content-type': 'text/csv', ...headers },
        ...(typeof body === 'string' ? {} : { duplex: 'half' }),
      }),
    )
  const stored = async () => {
    const columns = ['phone', 'first_name', 'last_name', 'location', 'prefered_product'] as const
    const rows = await database().db.selectFrom('customers').select(columns).orderBy('phone').execute()
    return rows.map((row) => Object.values(row))
  }
  const counts = { rows: 0, created: 0, updated: 0, refused: 0, refusals: [], ignored_fields: [], encoding: 'utf-8' }

  test('CSV is taken row by row, however it is cut, and what is wrong with a line is told', async () => {
    const csv = [
      '\ufeffFirst Name,PHONE,e-mail,preferred_product,location',
      'Amina,0712345678,a@x,"Lamp, ""solar""",Nairobi',
      '"Two\r\nlines",+254712345679,,,',
      '',
      'Short,12,,,',
      `${'x'.repeat(201)},0712345670,,,`,
      'Ünal 🎉,0712 345 677,,,نيروبي',
      'a,b,c,d,e,f',
      ',,,,',
      'No phone,,,,',
      '"open,0712345676,,,',
    ].join('\r\n')
    for (const size of [1, 7, 100_000]) {
      await emptyTables(database().db)
      const { status, json } = await importing(inParts(csv, size))
      expect(status).toBe(200)
      expect(json).toEqual({
        rows: 8,
        created: 3,
        updated: 0,
        refused: 5,
        refusals: [
          { line: 6, path: 'phone', message: expect.stringContaining('too short') },
          { line: 7, path: 'first_name', message: 'first_name must be at most 200 characters long' },
          { line: 9, path: '', message: expect.stringContaining('The row has 6 cells, but the first line has 5') },
          { line: 11, path: 'phone', message: 'The phone is missing' },
          { line: 12, path: '', message: expect.stringContaining('not closed') },
        ],
        ignored_fields: ['e-mail'],
        encoding: 'utf-8',
      })
      expect(await stored()).toEqual([
        ['+254712345677', 'Ünal 🎉', null, 'نيروبي', null],
        ['+254712345678', 'Amina', null, 'Nairobi', 'Lamp, "solar"'],
        ['+254712345679', 'Two\nlines', null, null, null],
      ])
    }
  })

  test('semicolons, tabs and old line ends are understood', async () => {
    for (const csv of ['phone;location\r0712345678;Nyeri', 'phone\tlocation\n0712345679\tNyeri\n'])
      expect((await importing(csv)).json).toEqual({ ...counts, rows: 1, created: 1 })
    expect((await stored()).map((row) => row[3])).toEqual(['Nyeri', 'Nyeri'])
  })

  test('NDJSON is taken line by line', async () => {
    const lines = [
      { phone: '0712345678', first_name: 'Amina', extra: 1 },
      { phone: 712345678 },
      [1],
      { phone: '0712345679', location: null, preferred_product: 'Lamp' },
      { phone: '0712345670', first_name: 'a\0b' },
      { phone: '0712345670', last_name: '\ud800' },
    ].map((line) => JSON.stringify(line))
    const body = inParts(`${lines.join('\n')}\n\n{"phone"\n`, 5)
    const { json } = await importing(body, { 'content-type': 'application/x-ndjson; charset=utf-8' })
    expect(json).toMatchObject({ rows: 7, created: 2, updated: 0, refused: 5, ignored_fields: ['extra'] })
    expect(json.refusals.map(({ line, path }: { line: number; path: string }) => [line, path])).toEqual([
      [2, 'phone'],
      [3, ''],
      [5, 'first_name'],
      [6, 'last_name'],
      [8, ''],
    ])
    expect(await stored()).toEqual([
      ['+254712345678', 'Amina', null, null, null],
      ['+254712345679', null, null, null, 'Lamp'],
    ])
  })

  test('who is known gets what is new, keeps the rest, and is not written for nothing', async () => {
    await importing('phone,first_name,location\n0712345678,Amina,Nairobi\n')
    const before = (await api.call('GET', '/customers/1')).json
    const same = await importing('phone,first_name,location\n+254712345678,Amina,\n')
    expect(same.json).toEqual({ ...counts, rows: 1, updated: 1 })
    expect((await api.call('GET', '/customers/1')).json).toEqual(before)
    const twice = 'phone,first_name,last_name,location\n0712345678,Asha,,\n0712345678,,Otieno,\n0712345679,,,\n'
    expect((await importing(twice)).json).toEqual({ ...counts, rows: 3, created: 1, updated: 2 })
    expect((await stored())[0]).toEqual(['+254712345678', 'Asha', 'Otieno', 'Nairobi', null])
  })

  test('a body that is no import is refused as a whole', async () => {
    const refusal = async (body: string, headers = {}) => {
      const { status, json } = await importing(body, headers)
      return `${status} ${json.error.code} ${json.error.details?.[0].path ?? ''}`
    }
    expect(await refusal('')).toBe('400 INVALID_REQUEST phone')
    expect(await refusal('name,location\nA,B\n')).toBe('400 INVALID_REQUEST phone')
    expect(await refusal('phone,phone\n1,2\n')).toBe('400 INVALID_REQUEST phone')
    expect(await refusal(`phone${',a'.repeat(120_000)}\n0712345678\n`)).toBe('400 INVALID_REQUEST ')
    expect(await refusal(`phone,${'a'.repeat(300_000)}\n0712345678\n`)).toBe('400 INVALID_REQUEST ')
    for (const type of ['application/json', 'multipart/form-data', 'text/csv; charset=shift_jis', ''])
      expect(await refusal('phone\n1\n', { 'content-type': type })).toBe('415 UNSUPPORTED_MEDIA_TYPE ')
    expect(await refusal('phone\n1\n', { 'content-encoding': 'gzip' })).toBe('415 UNSUPPORTED_MEDIA_TYPE ')
    expect(await refusal('phone\n', { 'content-length': String(65 << 20) })).toBe('413 PAYLOAD_TOO_LARGE ')
    expect(await refusal('phone\n', { 'idempotency-key': 'x'.repeat(256) })).toMatch(/^400 .*idempotency-key$/)
    // And the other routes take JSON only, as before.
    expect((await api.call('POST', '/customers', 'phone\n1\n', { 'content-type': 'text/csv' })).status).toBe(415)
    expect(await stored()).toEqual([])
  })

  test('Windows-1252 is read and named; a damaged line within UTF-8 is refused', async () => {
    const ansi = Buffer.from('phone,first_name\n0712345678,M\xfcller\n0712345679,Ok\n', 'latin1')
    const { json } = await importing(new Blob([ansi]).stream(), { 'content-type': 'text/csv; charset=windows-1252' })
    expect(json).toEqual({ ...counts, rows: 2, created: 2, encoding: 'windows-1252' })
    expect((await stored())[0]?.slice(0, 2)).toEqual(['+254712345678', 'Müller'])
    const mixed = Buffer.concat([Buffer.from('phone,first_name\n0712345670,Jürgen\n'), ansi.subarray(17)])
    const answer = await importing(new Blob([mixed]).stream())
    const refusal = { line: 3, path: 'first_name', message: expect.stringContaining('CSV UTF-8') }
    expect(answer.json).toEqual({ ...counts, rows: 3, created: 1, updated: 1, refused: 1, refusals: [refusal] })
  })

  test('a row that never ends is refused, and those below it are read', async () => {
    const long = `phone\n"${'x'.repeat(300_000)}\n${'x'.repeat(300_000)}\n0712345678\n`
    const { json } = await importing(inParts(long, 4096))
    expect(json).toMatchObject({ rows: 3, created: 1, refused: 2, refusals: [{ line: 2 }, { line: 3 }] })
  })

  test('refusals are counted without end and listed within a bound', async () => {
    const { json } = await importing(`phone\n${'12\n'.repeat(MAX_REFUSALS + 50)}`)
    expect(json).toMatchObject({ rows: MAX_REFUSALS + 50, refused: MAX_REFUSALS + 50 })
    expect(json.refusals).toHaveLength(MAX_REFUSALS)
  })

  test('under an Idempotency-Key a body is imported once', async () => {
    const csv = 'phone\n0712345678\n12\n'
    const headers = { 'idempotency-key': 'one' }
    const [first, again] = [await importing(csv, headers), await importing(csv, headers)]
    expect(first.headers.get('idempotency-replayed')).toBeNull()
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(again.json).toEqual(first.json)
    expect(first.json).toMatchObject({ rows: 2, created: 1, refused: 1 })
    const other = await importing('phone\n0712345679\n', headers)
    expect([other.status, other.json.error.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED'])
    expect((await importing(csv, { 'idempotency-key': 'two' })).json).toMatchObject({ created: 0, updated: 1 })
    expect(await stored()).toHaveLength(1)
  })

  test('a key is free again when its import failed, in use while it runs, and taken over from one that died', async () => {
    const { db } = database()
    const headers = { 'idempotency-key': 'one' }
    expect((await importing('name\n', headers)).status).toBe(400)
    expect((await importing('phone\n0712345678\n', headers)).status).toBe(200)
    const set = (seen: string) =>
      sql`update customer_imports set report = null, seen_at = now() - ${seen}::interval`.execute(db)
    await set('10 seconds')
    const busy = await importing('phone\n0712345678\n', headers)
    expect([busy.status, busy.json.error.code]).toEqual([409, 'IDEMPOTENCY_KEY_IN_USE'])
    await set('2 minutes')
    expect((await importing('phone\n0712345678\n', headers)).json).toMatchObject({ updated: 1 })
    await sql`update customer_imports set created_at = now() - interval '25 hours'`.execute(db)
    await importing('phone\n0712345679\n', { 'idempotency-key': 'two' })
    const keys = await db.selectFrom('customer_imports').select('key').execute()
    expect(keys).toEqual([{ key: 'two' }] satisfies Pick<Database['customer_imports'], 'key'>[])
  })

  const lastId = async () => {
    const { rows } = await sql<{ id: string }>`select last_value as id from customers_id_seq`.execute(database().db)
    return Number(rows[0]?.id)
  }

  test('customers who are known take no ids, however often they are imported or created', async () => {
    const csv = (location: string, from = 0) =>
      `phone,location\n${Array.from({ length: 50 }, (_, i) => `+2547123450${from + i + 10},${location}\n`).join('')}`
    expect((await importing(csv('Nairobi'))).json).toMatchObject({ created: 50, updated: 0 })
    const before = await lastId()
    for (const location of ['Nairobi', 'Mombasa', ''])
      expect((await importing(csv(location))).json).toMatchObject({ created: 0, updated: 50 })
    const duplicate = await api.call('POST', '/customers', { phone: '+254712345010' })
    expect(duplicate.json.error.code).toBe('CUSTOMER_EXISTS')
    expect(await lastId()).toBe(before)
    expect((await importing(csv('Kisumu', 30))).json).toMatchObject({ created: 30, updated: 20 })
    expect(await lastId()).toBe(before + 30)
    expect((await stored()).map(([, , , location]) => location)).toEqual([
      ...Array(30).fill('Mombasa'),
      ...Array(50).fill('Kisumu'),
    ])
  })

  test('imports of the same customers at once create each once, and neither waits for the other for ever', async () => {
    const csv = (field: string, nth: number) => {
      const phones = Array.from({ length: 3000 }, (_, i) => `+2547${String(10_000_000 + i)},${field} ${i}\n`)
      return `phone,${field}\n${(nth ? phones.reverse() : phones).join('')}`
    }
    for (const round of [3000, 0]) {
      const reports = await Promise.all(['first_name', 'location'].map((field, nth) => importing(csv(field, nth))))
      expect(reports.map(({ json }) => [json.rows, json.refused])).toEqual([
        [3000, 0],
        [3000, 0],
      ])
      expect(reports.reduce((sum, { json }) => sum + json.created, 0)).toBe(round)
    }
    const rows = await stored()
    expect(rows).toHaveLength(3000)
    expect(rows.every(([, first, , location], i) => first === `first_name ${i}` && location === `location ${i}`)).toBe(
      true,
    )
  })

  test('a large file arrives, batch after batch', async () => {
    const rows = kind === 'postgres' ? 100_000 : 20_000
    let at = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (at === 0) controller.enqueue(new TextEncoder().encode('phone,first_name,location\n'))
        let part = ''
        for (let nth = 0; nth < 1000; nth++, at++)
          part += at % 100 === 7 ? 'x,,\n' : `+25471${String(at).padStart(7, '0')},Name ${at},Nairobi\n`
        controller.enqueue(new TextEncoder().encode(part))
        if (at >= rows) controller.close()
      },
    })
    const { json } = await importing(body)
    expect(json).toMatchObject({ rows, created: rows - rows / 100, updated: 0, refused: rows / 100 })
    expect(json.refusals[0]).toEqual({ line: 9, path: 'phone', message: 'This is not a phone number' })
    const { count } = await database()
      .db.selectFrom('customers')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .executeTakeFirstOrThrow()
    expect(Number(count)).toBe(rows - rows / 100)
  })

  test('batches stay within their bounds, whatever the file: the embedded database lets nobody else have a turn', async () => {
    let most = 0
    const watched = database().db.withPlugin({
      transformQuery: ({ node }) => {
        most = Math.max(most, longestList(node))
        return node
      },
      transformResult: async ({ result }) => result,
    })
    const rows = Array.from({ length: 3000 }, (_, nth) => `07${10_000_000 + nth}`)
    for (const text of [['phone', ...rows].join('\n'), rows.map((phone) => `{"phone":"${phone}"}`).join('\n')]) {
      const headers = { 'content-type': text.startsWith('{') ? 'application/x-ndjson' : 'text/csv' }
      const request = new Request('http://localhost/customers/import', { method: 'POST', body: text, headers })
      expect((await openApi(watched).request(request)).json.rows).toBe(rows.length)
    }
    expect(most).toBeGreaterThanOrEqual(FIRST_BATCH)
    expect(most).toBeLessThanOrEqual(LARGEST_BATCH)
  })
})
