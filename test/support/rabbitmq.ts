/**
 * One RabbitMQ broker for each process that runs tests, started when the first test asks for it. Each test file works in a
 * virtual host of its own, which shares nothing with another:
 *
 *     const url = await freshVhost()
 *
 * Tests that stop or kill the broker start one of their own:
 *
 *     const server = await startRabbitmq({ binaries: rabbitmqBinaries })
 *     afterAll(() => server.dispose())
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findRabbitmq } from './rabbitmq-binaries.ts'
import { type RabbitmqServer, startRabbitmq } from './rabbitmq-server.ts'

export { type RabbitmqServer, startRabbitmq } from './rabbitmq-server.ts'

const folder = findRabbitmq(process.env.PATH ?? '')

/** False where this machine has no RabbitMQ: tests on it are then left out by `describe.skipIf(!rabbitmqAvailable)`. */
export const rabbitmqAvailable = folder !== undefined

/** The folder of the server's programs; empty where there is none. */
export const rabbitmqBinaries = folder ?? ''

let shared: Promise<RabbitmqServer> | undefined
let vhosts = 0

/** The broker of this process, which ends with it: its undertaker sees to that. */
export function sharedRabbitmq(): Promise<RabbitmqServer> {
  if (!rabbitmqAvailable) throw new Error('Cannot start RabbitMQ: this machine has none')
  shared ??= startRabbitmq({ binaries: rabbitmqBinaries })
  return shared
}

/**
 * A new, empty virtual host on the shared broker.
 *
 * @returns its address as the administrator; its name, for `ctl('list_queues', '-p', name)`, is the address's path
 */
export async function freshVhost(): Promise<string> {
  const server = await sharedRabbitmq()
  return await addVhost(server, `test_${++vhosts}`)
}

/** A new, empty virtual host of this name. @returns its address as the administrator */
export async function addVhost(server: RabbitmqServer, name: string): Promise<string> {
  const everything = { configure: '.*', write: '.*', read: '.*' }
  // One call of a program that takes most of a second to start, where `add_vhost` and `set_permissions` are two.
  const file = join(server.folder, `${name}.json`)
  writeFileSync(
    file,
    JSON.stringify({ vhosts: [{ name }], permissions: [{ user: 'guest', vhost: name, ...everything }] }),
  )
  await server.ctl('import_definitions', file)
  return `${server.url}/${name}`
}

/**
 * Puts a quorum queue into the state that RabbitMQ 3.10 leaves it in when it is killed in the queue's first moments: its
 * only member starts without a log, and waits for an election that nobody calls.
 */
export async function loseLeader(server: RabbitmqServer, vhost: string, queue: string): Promise<void> {
  const answer = await server.ctl(
    'eval',
    `Resource = rabbit_misc:r(<<"${vhost}">>, queue, <<"${queue}">>),
     {ok, Queue} = rabbit_amqqueue:lookup(Resource),
     Member = {Name, _} = amqqueue:get_pid(Queue),
     ok = ra:force_delete_server(quorum_queues, Member),
     Machine = {module, rabbit_fifo, #{name => Name, queue_resource => Resource}},
     ra:start_server(quorum_queues, Name, Member, Machine, [Member]).`,
  )
  if (answer !== 'ok') throw new Error(`Cannot take the queue's leader away: ${answer}`)
}
