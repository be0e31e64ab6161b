/** Latency of the API with many messages in its tables, idle and while a campaign is sent. */
import { releaseServers } from '../../test/support/server-process.ts'
import { createCampaign, idsFrom, runCampaign } from './campaign.ts'
import { onceIn } from './environment.ts'
import { write } from './format.ts'
import { connectionCounts, routes, states } from './keys.ts'
import { type Load, type Loaded, load } from './load.ts'
import type { Bench } from './part.ts'
import { API, startProcesses } from './processes.ts'
import { FAR } from './send.ts'
import { openStream, type Stream } from './stream.ts'

type Target = Omit<Load, 'url' | 'connections' | 'until'>

/** @param id of the campaign that is asked for */
const targets: Readonly<Record<(typeof routes)[number], (id: number) => Target>> = {
  list: () => ({ method: 'GET', paths: ['/campaigns'] }),
  show: (id) => ({ method: 'GET', paths: [`/campaigns/${id}`] }),
  preview: (id) => ({ method: 'POST', paths: [`/campaigns/${id}/personalized-preview`], body: { customer_id: 7 } }),
  create: () => ({
    method: 'POST',
    paths: ['/campaigns'],
    body: { name: 'Load', channel: 'sms', base_template: 'Hi {first_name|there}' },
  }),
}

interface Stage extends Bench {
  /** Address of the API process that is measured; another one feeds the campaign. */
  readonly url: string
  readonly stream: Stream
  /** A campaign of a million that has been sent. */
  readonly sent: number
}

/** Recipients a second that are sent to, at most, while the API is under load as well. */
const DRAIN_RATE = 100_000

export async function runApi(bench: Bench): Promise<void> {
  const { environment, plan, say } = bench
  const { behind } = plan.api
  const database = await environment.fresh(behind)
  try {
    const processes = await startProcesses(environment, database, { queue: 'postgres', workers: 2 })
    const { url } = await processes.start(API)
    await onceIn(database.url, (sql) => runCampaign(url, sql, { recipients: behind }))
    say(`${write(behind, 'plain')} messages are there`)
    const stage = { ...bench, url: processes.api.url, stream: openStream(url, behind), sent: 1 }
    // A process that has just started answers its first thousands of requests slowly, and only once.
    const warmUp = { url: stage.url, connections: 32, until: { requests: plan.api.warmUp } }
    for (const route of routes) await load({ ...targets[route](1), ...warmUp })
    for (const state of states) {
      for (const route of routes)
        for (const connections of connectionCounts) await loadRoute(stage, state, route, connections)
      for (const { ids, calls } of plan.api.sends)
        for (const connections of connectionCounts)
          await loadSend(stage, state, ids, connections === 1 ? Math.ceil(calls / 4) : calls, connections)
    }
  } finally {
    await releaseServers()
    await database.drop()
  }
}

type State = (typeof states)[number]

async function loadRoute(stage: Stage, state: State, route: (typeof routes)[number], connections: number) {
  const { url, plan } = stage
  const { seconds } = plan.api
  const loaded = await inState(stage, state, seconds * DRAIN_RATE, async (begin) =>
    load({ ...targets[route](await begin()), url, connections, until: { seconds } }),
  )
  noteLoad(stage, `api.${state}.${route}.${connections}`, loaded)
}

/** Each call goes to a campaign of its own, whose time is far off. */
async function loadSend(stage: Stage, state: State, ids: number, calls: number, connections: number) {
  const { url, plan } = stage
  const body = { customer_ids: idsFrom(1, ids) }
  const long = ids * calls > plan.api.behind
  const loaded = await inState(stage, state, long ? plan.api.behind : plan.api.behind / 2, async (begin) => {
    const paths: string[] = []
    for (let nth = 0; nth < calls; nth++) paths.push(`/campaigns/${await createCampaign(url, FAR)}/send`)
    await begin()
    return load({ url, connections, method: 'POST', paths, body, until: { requests: calls } })
  })
  noteLoad(stage, `api.${state}.send${ids}.${connections}`, loaded)
}

const TRIES = 3

/** Asked for right before the load: a campaign is being sent then, if one is to be. @returns its id, or that of one that is over */
type Begin = () => Promise<number>

/**
 * @param pending recipients that are left when it begins, where a campaign is to be sent meanwhile
 * @returns nothing when the campaign was over before the measurement, each time
 */
async function inState(stage: Stage, state: State, pending: number, work: (begin: Begin) => Promise<Loaded>) {
  if (state === 'idle') return work(async () => stage.sent)
  for (let nth = 1; nth <= TRIES; nth++) {
    const loaded = await work(() => stage.stream.ensure(pending))
    if (await stage.stream.flows()) return loaded
  }
  return undefined
}

function noteLoad({ note, say }: Stage, key: string, loaded: Loaded | undefined): void {
  if (!loaded) {
    say(`${key.padEnd(32)} not measured: the campaign was over before`)
    return
  }
  const { rate, p50, p99 } = loaded
  note(`${key}.rate`, rate)
  note(`${key}.p50`, p50)
  note(`${key}.p99`, p99)
  say(`${key.padEnd(32)} ${write(rate, 'rate')}, p50 ${write(p50, 'ms')}, p99 ${write(p99, 'ms')}`)
}
