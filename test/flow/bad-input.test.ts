/**
 * Whatever is sent to whichever route: a value that does not fit the OpenAPI document is a 4xx in the error form, one that
 * fits is answered or refused for a reason of its own, and nothing ever is a 500 or tells what lies behind.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { type Answer, type Api, openApi } from '../support/api.ts'
import { eachDatabase } from '../support/databases.ts'
import { MB, naughty, notJson, odd, oddQuery, openNaughty, otherTypes } from '../support/odd.ts'
import { fits, fitting, type Operation, type Parameter, readOperations } from '../support/openapi.ts'
import { excerpt, expectSane } from '../support/sane.ts'

const LONG = 120_000

eachDatabase((database, kind) => {
  let api: Api
  let operations: Operation[]
  let withBody: Operation[]

  beforeAll(async () => {
    const { db } = database()
    api = openApi(db)
    api.state.sender = async ({ messageId }) => ({ kind: 'accepted', id: messageId })
    operations = await readOperations(api)
    withBody = operations.filter(({ body }) => body !== undefined)
    await sql`insert into customers (phone, first_name) select '+25471999' || (1000 + i), 'n' || i from generate_series(1, 3) i`.execute(
      db,
    )
    for (let i = 0; i < 4; i++)
      await api.call('POST', '/campaigns', { name: 'a', channel: 'sms', base_template: 'Hi {phone}' })
  }, 30_000)

  /** The first customer and campaign stay; the last one is gone after the first DELETE. */
  const at = ({ path, method }: Operation) =>
    path
      .replace('{id}', method === 'DELETE' ? '3' : '1')
      .replace(/{(name|channel|sender)}/, 'sms')
      .replace('{path}', 'x')

  async function send(operation: Operation, body: unknown): Promise<Answer> {
    const answer = await api.call(
      operation.method,
      at(operation),
      typeof body === 'string' ? JSON.stringify(body) : body,
    )
    expectSane(answer, () => [operation.name, body])
    // Sent messages would make every later change a refusal of its own.
    if (operation.path.endsWith('/send') && answer.status < 300)
      await sql`update campaigns set status = 'draft' where id = 1`.execute(database().db)
    return answer
  }

  /** Sends a body. One that does not fit must be refused as such; one that fits may be refused for another reason. */
  async function judge(operation: Operation, body: unknown): Promise<Answer> {
    const answer = await send(operation, body)
    if (operation.body && !fits(operation.body, body)) {
      expect({ what: excerpt([operation.name, body]), code: answer.json?.error?.code }).toEqual({
        what: excerpt([operation.name, body]),
        code: 'INVALID_REQUEST',
      })
    }
    return answer
  }

  const examplesOf = ({ body }: Operation) =>
    Object.fromEntries(
      Object.entries(body?.properties ?? {})
        .filter(([name]) => body?.required?.includes(name))
        .map(([name, schema]) => [name, schema.example ?? schema.enum?.[0]]),
    )

  const naughtyFor = openNaughty()

  test(
    'each field with each odd value',
    async () => {
      for (const operation of withBody)
        for (const name of Object.keys(operation.body?.properties ?? {}))
          for (const value of odd) await judge(operation, { ...examplesOf(operation), [name]: value })
    },
    LONG,
  )

  test(
    'each field missing, and fields that there are not',
    async () => {
      for (const operation of withBody) {
        for (const name of operation.body?.required ?? []) {
          const { [name]: _, ...rest } = examplesOf(operation)
          expect((await judge(operation, rest)).status).toBe(400)
        }
        for (const name of [
          'extra',
          'id',
          '',
          '__proto__',
          'constructor',
          'toString',
          'x'.repeat(MB),
          '\ud800',
          'a.b',
        ]) {
          const body = `{${JSON.stringify(name)}:1,${JSON.stringify(examplesOf(operation)).slice(1)}`.replace(',}', '}')
          const answer = await api.call(operation.method, at(operation), body)
          expectSane(answer, () => [operation.name, name])
          expect([operation.name, excerpt(name), answer.status]).toEqual([operation.name, excerpt(name), 400])
        }
      }
    },
    LONG,
  )

  test(
    'each field with each naughty string: refused, or stored to the letter',
    async () => {
      for (const operation of withBody)
        for (const [name, schema] of Object.entries(operation.body?.properties ?? {}))
          for (const value of naughtyFor(name, schema)) {
            const { status, json } = await judge(operation, { ...examplesOf(operation), [name]: value })
            const stored =
              status < 300 && !['phone', 'to'].includes(name) && schema.format === undefined && name in json
            // PGlite loses a byte order mark that a text begins with when it reads it back.
            const kept = kind === 'pglite' ? value.replace(/^\ufeff/, '') : value
            if (stored) expect([operation.name, name, json[name]]).toEqual([operation.name, name, kept])
          }
    },
    LONG,
  )

  test(
    'bodies made from the schemas, with something replaced',
    async () => {
      const anything = fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }), fc.double(), fc.constantFrom(...odd))
      for (const operation of withBody) {
        const names = Object.keys(operation.body?.properties ?? {})
        const replaced = fc
          .tuple(fitting(operation.body ?? {}), fc.constantFrom(...names), anything)
          .map(([body, name, value]) => ({ ...(body as object), [name]: value }))
        await fc.assert(
          fc.asyncProperty(fc.oneof(fitting(operation.body ?? {}), replaced, anything), async (body) => {
            // As it arrives: JSON has no NaN, no -0 and no undefined.
            await judge(operation, JSON.parse(JSON.stringify(body)))
          }),
          { numRuns: 150 },
        )
      }
    },
    LONG,
  )

  test(
    'bodies that are no JSON, or say that they are something else',
    async () => {
      for (const operation of withBody) {
        // The body of retry-failed is optional.
        const wrong = operation.path.endsWith('/retry-failed') ? notJson.filter((body) => body !== '') : notJson
        for (const body of wrong) {
          const answer = await api.call(operation.method, at(operation), body)
          expectSane(answer, () => [operation.name, body])
          expect([operation.name, body, answer.status]).toEqual([operation.name, body, 400])
        }
        for (const type of otherTypes) {
          const answer = await api.call(operation.method, at(operation), examplesOf(operation), {
            'content-type': type,
          })
          expectSane(answer, () => [operation.name, type])
          expect([operation.name, type, answer.status]).toEqual([operation.name, type, 415])
        }
        const large = await api.call(operation.method, at(operation), {
          ...examplesOf(operation),
          x: 'x'.repeat(5 * MB),
        })
        expect([operation.name, large.status, large.json.error.code]).toEqual([
          operation.name,
          413,
          'PAYLOAD_TOO_LARGE',
        ])
      }
    },
    LONG,
  )

  test('bodies where none is wanted', async () => {
    for (const operation of operations.filter(({ body, method }) => !body && method === 'DELETE'))
      for (const body of ['{', '{}', 'x'.repeat(5 * MB)])
        expectSane(await api.call(operation.method, at(operation), body), () => [operation.name, body])
  })

  /** A stream of events does not end by itself. */
  const ends = ({ responses }: Operation) => responses[200]?.content?.['text/event-stream'] === undefined
  const isEncodable = (text: string) => text.isWellFormed()

  test(
    'each path parameter with odd values and naughty strings',
    async () => {
      const ids = [...oddQuery, ...naughty, '01', '1/', '..', '%', '%00'].filter(isEncodable)
      for (const operation of operations.filter(({ path }) => path.includes('{id}')))
        for (const id of ids.filter((text) => text.length < 5000 && !/^\.{0,2}$/.test(text))) {
          const path = operation.path.replace('{id}', encodeURIComponent(id))
          const answer = await api.call(operation.method, path, operation.body ? examplesOf(operation) : undefined)
          expectSane(answer, () => [operation.name, id])
          if (!/^0*[1-9]\d*$/.test(id))
            expect([operation.name, id, answer.status >= 400]).toEqual([operation.name, id, true])
        }
      for (const operation of operations.filter(({ path }) => path.includes('{id}')))
        for (const raw of ['%', '%zz', '%ff', '%ed%a0%80', '%00', '1%2f2']) {
          const answer = await api.call(operation.method, operation.path.replace('{id}', raw))
          expectSane(answer, () => [operation.name, raw])
          expect([operation.name, raw, answer.status]).toEqual([operation.name, raw, 400])
        }
    },
    LONG,
  )

  test(
    'each query parameter with odd values and naughty strings, given twice, and unknown ones',
    async () => {
      const query = async (operation: Operation, text: string) => {
        // A stream has no end, but its head has.
        const method = operation.path === '/stats/stream' ? 'HEAD' : operation.method
        const answer = await api.call(method, `${at(operation)}?${text}`)
        expectSane(answer, () => [operation.name, text])
        return answer.status
      }
      for (const operation of operations.filter(ends)) {
        const known = operation.parameters.filter((parameter) => parameter.in === 'query')
        for (const { name, schema } of known) {
          for (const value of [...oddQuery, ...naughtyFor(`?${name}`, schema)].filter(isEncodable)) {
            const status = await query(operation, `${name}=${encodeURIComponent(value)}`)
            if (!queryFits({ schema }, value))
              expect([operation.name, name, excerpt(value), status]).toEqual([
                operation.name,
                name,
                excerpt(value),
                400,
              ])
          }
          const double = [operation.name, `${name} twice`]
          expect([...double, await query(operation, `${name}=1&${name}=1`)]).toEqual([...double, 400])
          for (const text of [`${name}=%zz`, `${name}=%ff`, `${name}[]=1`, `${name}[a]=1`, `${name}.a=1`])
            expect([operation.name, text, await query(operation, text)]).toEqual([operation.name, text, 400])
        }
        for (const text of [
          '&&&',
          '=',
          '?',
          '=1',
          'x=1',
          '__proto__=1',
          'constructor=1',
          '%00=1',
          `${'x'.repeat(10_000)}=1`,
        ])
          await query(operation, text)
      }
    },
    LONG,
  )

  /** In a query everything is text: a number is one by its digits. */
  function queryFits({ schema }: Pick<Parameter, 'schema'>, value: string): boolean {
    return schema.type === 'integer' ? /^\d+$/.test(value) && fits(schema, Number(value)) : fits(schema, value)
  }

  test(
    'addresses and methods that there are not',
    async () => {
      for (const text of naughty.filter(isEncodable)) {
        const answer = await api.call('GET', `/${encodeURIComponent(text)}`)
        expectSane(answer, () => text)
      }
      for (const operation of operations) {
        const known = operations.filter(({ path }) => path === operation.path).map(({ method }) => method)
        for (const method of ['PUT', 'PROPFIND'].filter((one) => !known.includes(one))) {
          const answer = await api.call(method, at(operation), method === 'PUT' ? '{' : undefined)
          expect([operation.name, answer.status, answer.json?.error.code]).toEqual([
            operation.name,
            405,
            'METHOD_NOT_ALLOWED',
          ])
          expect(answer.headers.get('allow')).toContain(operation.method)
        }
      }
    },
    LONG,
  )

  test('afterwards everything still works, and nothing unforeseen was logged', async () => {
    expect(api.logged.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([])
    for (const path of ['/health', '/stats', '/campaigns?page_size=100', '/customers?page_size=100'])
      expect([path, (await api.call('GET', path)).status]).toEqual([path, 200])
  })

  afterAll(() => expect(({} as Record<string, unknown>).extra).toBeUndefined())
})
