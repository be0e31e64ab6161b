import { afterAll, describe, expect, test } from 'bun:test'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import amqp from 'amqplib'
import { freshVhost, rabbitmqAvailable, rabbitmqBinaries, sharedRabbitmq, startRabbitmq } from './rabbitmq.ts'
import { findRabbitmq, neededLibraries } from './rabbitmq-binaries.ts'
import type { RabbitmqServer } from './rabbitmq-server.ts'

if (process.env.CI && !rabbitmqAvailable) {
  throw new Error('Cannot test without RabbitMQ in CI: install its server, or unset CI to leave those tests out')
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.destroy())
    socket.on('connect', () => resolve(true))
    socket.on('error', () => resolve(false))
  })
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await Bun.sleep(20)
}

async function withChannel<T>(url: string, work: (channel: amqp.ConfirmChannel) => Promise<T>): Promise<T> {
  const connection = await amqp.connect(url)
  // A connection that its broker ends tells its own listeners too, and without one that is an exception.
  connection.on('error', () => {})
  try {
    return await work(await connection.createConfirmChannel())
  } finally {
    await connection.close()
  }
}

const queue = (type: string) => ({ durable: true, arguments: { 'x-queue-type': type } })

const send = (url: string, type: string, text: string) =>
  withChannel(url, async (channel) => {
    await channel.assertQueue(type, queue(type))
    channel.sendToQueue(type, Buffer.from(text), { persistent: true })
    await channel.waitForConfirms()
  })

const receive = (url: string, type: string) =>
  withChannel(url, async (channel) => {
    await channel.checkQueue(type)
    const message = await channel.get(type, { noAck: true })
    return message === false ? undefined : message.content.toString()
  })

describe('an installed RabbitMQ', () => {
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'campaign-dispatch-mq-'))
  afterAll(() => rmSync(home, { recursive: true }))
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
  }

  test('is found where a PATH links to it, and not where only a wrapper lies', () => {
    for (const program of ['rabbitmq-server', 'rabbitmqctl', 'rabbitmq-env']) write(`sbin/${program}`, '')
    write('wrapper/rabbitmq-server', '')
    mkdirSync(join(home, 'links'))
    symlinkSync('../sbin/rabbitmq-server', join(home, 'links', 'rabbitmq-server'))
    expect(findRabbitmq(`${home}/wrapper:${home}/links`)).toBe(join(home, 'sbin'))
  })

  test('is reduced to the libraries that its broker needs, unless they are laid out in another way', () => {
    write('plugins/rabbit.ez', '')
    expect(neededLibraries(home)).toBeUndefined()
    write('plugins/rabbit-4.0.1/ebin/rabbit.app', "{applications, [kernel,\n 'ra', rabbit_common]},")
    write('plugins/ra-2.0/ebin/ra.app', '{applications,[aten]},{optional_applications,[seshat]}')
    for (const name of ['aten', 'seshat', 'cowboy']) write(`plugins/${name}-1.0/ebin/${name}.app`, '{applications,[]}')
    expect(neededLibraries(home)?.sort()).toEqual(['aten-1.0', 'ra-2.0', 'rabbit-4.0.1', 'seshat-1.0'])
  })
})

describe.skipIf(!rabbitmqAvailable)('startRabbitmq()', () => {
  let server: RabbitmqServer
  afterAll(() => server?.dispose())

  test('starts a broker whose settings are as asked', async () => {
    server = await startRabbitmq({ binaries: rabbitmqBinaries, settings: { heartbeat: '7' } })
    expect(await server.ctl('eval', 'application:get_env(rabbit, heartbeat).')).toBe('{ok,7}')
    expect(await server.ctl('list_queues', '-p', '/', 'name')).toBe('')
  })

  test.each(['classic', 'quorum'])('keeps a durable %s queue and its port through stop and kill', async (type) => {
    const { port, url } = server
    await send(url, type, 'stopped')
    await server.stop()
    expect(await isListening(port)).toBe(false)
    await server.start()
    expect(await receive(url, type)).toBe('stopped')
    await send(url, type, 'killed')
    await server.kill()
    expect(await isListening(port)).toBe(false)
    await server.restart()
    expect(server.port).toBe(port)
    expect(await receive(url, type)).toBe('killed')
  })

  test('says what rabbitmqctl has to complain about', async () => {
    await expect(server.ctl('delete_vhost', 'missing')).rejects.toThrow(/missing/)
  })

  test('starts no epmd, which would outlive it, when it looks for one', async () => {
    await server.ctl('eval', 'rabbit_nodes_common:ensure_epmd().')
    expect(await isListening(1)).toBe(false)
  })

  test('runs beside another, and leaves nothing behind, also when it was killed', async () => {
    const other = await startRabbitmq({ binaries: rabbitmqBinaries })
    await send(other.url, 'quorum', 'other')
    expect(await receive(server.url, 'quorum')).toBeUndefined()
    await other.kill()
    expect(await isListening(server.port)).toBe(true)
    await other.dispose()
    expect(existsSync(other.folder)).toBe(false)
    expect(await isListening(other.port)).toBe(false)
  })

  test('dies with the process that started it, even by kill -9', async () => {
    const program = `
      const { startRabbitmq } = await import(${JSON.stringify(import.meta.resolve('./rabbitmq-server.ts'))})
      const server = await startRabbitmq({ binaries: ${JSON.stringify(rabbitmqBinaries)} })
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

describe.skipIf(!rabbitmqAvailable)('freshVhost()', () => {
  test('gives virtual hosts of one broker that do not see each other', async () => {
    const [one, two] = await Promise.all([freshVhost(), freshVhost()])
    await send(one, 'classic', 'one')
    await send(two, 'classic', 'two')
    expect(await receive(one, 'classic')).toBe('one')
    expect(await receive(one, 'classic')).toBeUndefined()
    const { port } = await sharedRabbitmq()
    expect([one, two].map((url) => new URL(url).port)).toEqual([String(port), String(port)])
  })
})
