/** `report.sql` as a person has it: pasted into psql it runs, and changes nothing. */
import { expect, test } from 'bun:test'
import { fileURLToPath } from 'node:url'
import { readSql, readSqlFile } from '../../core/db/sql-file.ts'
import { NO_CODE } from '../../core/messaging/senders/codes.ts'
import { eachDatabase } from '../support/databases.ts'
import { startCampaign } from '../support/dispatch.ts'
import { findPostgres } from '../support/postgres-binaries.ts'

const file = new URL('../../core/messaging/chunk/report.sql', import.meta.url)

test('every parameter has an example for psql, and no other', () => {
  const source = readSqlFile(file)
  const examples = [...source.matchAll(/^\\set (\w+) /gm)].map(([, name]) => name)
  expect(examples.toSorted()).toEqual([...readSql(source).names].toSorted())
})

test('messages without a code are counted under the name that the program has for it', () => {
  expect(readSqlFile(file)).toContain(`coalesce(code, '${NO_CODE}')`)
})

eachDatabase((database, kind) => {
  test.skipIf(kind === 'pglite')('psql runs it', async () => {
    const { db, url } = database()
    await startCampaign(db, 3)
    const before = await db.selectFrom('dispatch_chunks').selectAll().execute()
    const psql = Bun.spawn(
      [
        `${findPostgres(process.env.PATH ?? '')}/psql`,
        '--no-psqlrc',
        '-v',
        'ON_ERROR_STOP=1',
        '-f',
        fileURLToPath(file),
        url ?? '',
      ],
      {
        stdout: 'pipe',
        stderr: 'pipe',
      },
    )
    const [out, err] = await Promise.all([new Response(psql.stdout).text(), new Response(psql.stderr).text()])
    expect({ code: await psql.exited, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('(0 rows)')
    expect(await db.selectFrom('dispatch_chunks').selectAll().execute()).toEqual(before)
  })
})
