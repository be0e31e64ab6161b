import { afterAll, describe, expect, test } from 'bun:test'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import postgres from 'postgres'
import { eachDatabase, emptyTables } from './databases.ts'
import { cloneDatabase, type PostgresServer, postgresAvailable, postgresBinaries, startPostgres } from './postgres.ts'

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true))
    socket.on('error', () => resolve(false))
    socket.on('close', () => socket.destroy())
    socket.on('connect', () => socket.destroy())
  })
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await Bun.sleep(20)
}

async function query(server: PostgresServer, text: string): Promise<unknown[]> {
  const sql = postgres(server.url(), { max: 1, onnotice: () => {} })
  try {
    return [...(await sql.unsafe(text))]
  } finally {
    await sql.end()
  }
}

describe.skipIf(!postgresAvailable)('startPostgres()', () => {
  let server: PostgresServer
  afterAll(() => server.dispose())

  test('starts a server whose settings are as asked', async () => {
    server = await startPostgres({ binaries: postgresBinaries, durable: true, settings: { work_mem: '5MB' } })
    const settings = await query(
      server,
      "select name, setting from pg_settings where name in ('fsync', 'listen_addresses', 'max_connections', 'work_mem') order by 1",
    )
    expect(settings).toEqual([
      { name: 'fsync', setting: 'on' },
      { name: 'listen_addresses', setting: '127.0.0.1' },
      { name: 'max_connections', setting: '200' },
      { name: 'work_mem', setting: '5120' },
    ])
  })

  test('keeps its rows and its port through stop, restart and kill', async () => {
    const { port } = server
    await query(server, 'create table kept as select 1 as one')
    await server.stop('immediate')
    expect(await isListening(port)).toBe(false)
    await server.start()
    await server.restart('fast')
    await server.kill()
    expect(await isListening(port)).toBe(false)
    await server.restart()
    expect(server.port).toBe(port)
    expect(await query(server, 'select one from kept')).toEqual([{ one: 1 }])
  })

  test('leaves nothing behind, also when it was killed', async () => {
    const other = await startPostgres({ binaries: postgresBinaries })
    await other.kill()
    await other.dispose()
    expect(existsSync(other.folder)).toBe(false)
    expect(await isListening(other.port)).toBe(false)
  })

  test('dies with the process that started it, even by kill -9', async () => {
    const program = `
      const { startPostgres } = await import(${JSON.stringify(import.meta.resolve('./postgres-server.ts'))})
      const server = await startPostgres({ binaries: ${JSON.stringify(postgresBinaries)} })
      console.log(JSON.stringify({ port: server.port, folder: server.folder }))
      await new Promise((resolve) => setTimeout(resolve, 60_000))`
    const parent = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await parent.stdout.take(1).toArray()
    const { port, folder } = JSON.parse(String(line))
    expect(await isListening(port)).toBe(true)
    parent.kill('SIGKILL')
    await until(async () => !(await isListening(port)))
    await until(() => !existsSync(folder))
  })
})

describe.skipIf(!postgresAvailable)('cloneDatabase()', () => {
  test('gives databases that do not see each other', async () => {
    const [one, two] = await Promise.all([cloneDatabase(), cloneDatabase()])
    const [first, second] = [postgres(one.url, { max: 1 }), postgres(two.url, { max: 1 })]
    await first`insert into customers (phone) values ('+254712345678')`
    expect([...(await first`select phone from customers`)]).toEqual([{ phone: '+254712345678' }])
    expect([...(await second`select phone from customers`)]).toEqual([])
    await Promise.all([first.end(), second.end()])
    await one.drop()
    await two.drop()
  })
})

eachDatabase((database, kind) => {
  test('is migrated, empty, and of the kind that it says', async () => {
    const { db } = database()
    expect(database().kind).toBe(kind)
    expect(database().url === undefined).toBe(kind === 'pglite')
    expect(await db.selectFrom('customers').selectAll().execute()).toEqual([])
  })

  test('emptyTables() empties and starts the numbering again', async () => {
    const { db } = database()
    for (let round = 0; round < 2; round++) {
      await db.insertInto('customers').values({ phone: '+254712345678' }).execute()
      expect(await db.selectFrom('customers').select('id').execute()).toEqual([{ id: 1 }])
      await emptyTables(db)
    }
  })
})
