import { beforeAll, expect, test } from 'bun:test'
import { type Api, openApi } from '../support/api.ts'
import { type CsvFile, csvFiles } from '../support/csv-files.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'

test('there are at least sixty files, each with a name of its own', () => {
  expect(new Set(csvFiles.map(({ name }) => name)).size).toBe(csvFiles.length)
  expect(csvFiles.length).toBeGreaterThanOrEqual(60)
})

eachDatabase((database) => {
  let api: Api
  beforeAll(() => {
    api = openApi(database().db)
  })

  const importing = async ({ bytes }: CsvFile) => {
    await emptyTables(database().db)
    return api.request(
      new Request('http://localhost/customers/import', {
        method: 'POST',
        body: new Blob([bytes as Uint8Array<ArrayBuffer>]),
        headers: { 'content-type': 'text/csv' },
      }),
    )
  }
  const stored = async () => {
    const columns = ['phone', 'first_name', 'last_name', 'location', 'prefered_product'] as const
    const rows = await database().db.selectFrom('customers').select(columns).orderBy('phone').execute()
    return rows.map(({ phone, ...facts }) => [phone.slice(-2), ...Object.values(facts).filter((one) => one !== null)])
  }

  test.each(csvFiles.map((file) => [file.name, file] as const))('%s', async (_, file) => {
    const { status, json } = await importing(file)
    const { expected } = file
    if ('error' in expected) {
      expect([status, json.error?.code]).toEqual([400, 'INVALID_REQUEST'])
      expect(json.error.message).toMatch(expected.error)
      expect(await stored()).toEqual([])
      return
    }
    const { ready, refused, repeated, encoding } = expected
    expect(json).toMatchObject({ created: ready, updated: repeated, refused: refused.length, encoding })
    expect(json.refusals.map(({ line }: { line: number }) => line)).toEqual([...refused])
    expect(json.rows).toBe(ready + refused.length + repeated)
    if (expected.stored) expect(await stored()).toEqual(expected.stored.map((row) => [...row]))
  })
})
