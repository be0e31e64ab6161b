/**
 * Every boundary at which a crash could lose or double something, one after the other: the process that gets there is
 * killed, or throws, or hangs for longer than its lease and then goes on as if nothing had been.
 */
import type { Failpoint } from '../../core/failpoint.ts'
import type { ServerProcess } from '../../test/support/server-process.ts'
import { until } from '../../test/support/server-process-wait.ts'
import { openApi } from '../support/api.ts'
import type { Action } from './arm.ts'
import { openTrial, type Trial } from './campaign.ts'
import type { Outcome } from './cell.ts'
import { API } from './fleet.ts'
import { openProcesses, type Processes } from './processes.ts'
import type { receiptPlaces } from './sender-faults.ts'
import { LEASE_SECONDS, type Stage, WINDOW } from './stage.ts'

export const CRASH_PEOPLE = 200
const HANG_MS = LEASE_SECONDS * 2500
/** A hanging process must wake up while others are in the middle of its work. */
const LATENCY_MS = { exit: 20, throw: 20, hang: 200 } as const
const FIRED_WITHIN_MS = 15_000

const engine = 'scheduler,worker,health'

/** Steps that bring the failing process to a place, where another process that sends a campaign is not enough. */
interface Route {
  /** Plugins of the failing process. */
  readonly plugins?: string
  /** Only where there is a broker. */
  readonly rabbitmq?: true
  /** The campaign is sent to everybody by a rule, not by ids. */
  readonly selects?: true
  /** Fields of the campaign. */
  readonly campaign?: () => object
  lead?(crash: Crash & { readonly trial: Trial }): Promise<unknown>
}

/** A client that gets no answer, or a bad one, asks again elsewhere. */
const unanswered = (request: Promise<unknown>) => request.catch(() => {})

/** Boundaries that a route leads to; those of receipts are in sender-faults.ts. */
export type Place = Exclude<Failpoint, (typeof receiptPlaces)[number]>

const routes: Readonly<Record<Place, Route>> = {
  'send.queued': { plugins: API, lead: ({ trial, failing }) => unanswered(trial.send(failing.url)) },
  'send.committed': { plugins: API, lead: ({ trial, failing }) => unanswered(trial.send(failing.url)) },
  'selection.queued': { plugins: 'scheduler,health', selects: true },
  'selection.committed': { plugins: 'scheduler,health', selects: true },
  'due.started': { campaign: () => ({ scheduled_at: new Date(Date.now() + 1500).toISOString() }) },
  'relay.marked': { rabbitmq: true },
  'relay.sent': { rabbitmq: true },
  'relay.published': { rabbitmq: true },
  'claim.claimed': {},
  'chunk.begun': {},
  'report.asked': {},
  'report.committed': {},
  'window.granted': {},
  'window.started': {},
  'chunk.done': {},
  'rescue.reclaimed': {
    plugins: 'scheduler,health',
    // Somebody must die and leave a lease behind, or there is nothing to rescue.
    lead: async ({ trial, stage }) => {
      const victim = await stage.start({ PLUGINS: engine })
      await trial.delivered(WINDOW)
      await victim.end('SIGKILL')
    },
  },
  'control.committed': {
    plugins: API,
    lead: async ({ trial, failing, stage, processes }) => {
      processes.add(await stage.start({ PLUGINS: engine }))
      await trial.delivered(WINDOW)
      await unanswered(openApi(failing.url).post(`/campaigns/${trial.id}/pause`, {}))
    },
  },
  'stop.asked': {
    lead: async ({ trial, failing }) => {
      await trial.delivered(WINDOW)
      failing.kill('SIGTERM')
    },
  },
}

export const places = Object.keys(routes) as Place[]
export const isPlaceOf = (place: Place, { transport }: Pick<Stage, 'transport'>) =>
  transport === 'rabbitmq' || !routes[place].rabbitmq

/** @param apiUrl of a process that no fault befalls */
export async function crashAt(stage: Stage, apiUrl: string, place: Place, action: Action): Promise<Outcome> {
  const { plugins = engine } = routes[place]
  await stage.ledger.behave({ latencyMs: LATENCY_MS[action] })
  await using processes = openProcesses()
  const failing = processes.add(await stage.startArmed(place, action, HANG_MS, { PLUGINS: plugins }))
  return await crashOn({ stage, apiUrl, place, action, processes, failing })
}

interface Crash {
  readonly stage: Stage
  readonly apiUrl: string
  readonly place: Place
  readonly action: Action
  readonly processes: Processes
  readonly failing: ServerProcess
}

async function crashOn(crash: Crash): Promise<Outcome> {
  const { stage, apiUrl, place, action, processes, failing } = crash
  const { campaign = () => ({}), selects = false, lead } = routes[place]
  const trial = await openTrial(stage, apiUrl, campaign())
  const leads = place.startsWith('send.')
  if (selects) await trial.select(apiUrl)
  else if (!leads) await trial.send(apiUrl)
  const led = lead?.({ ...crash, trial })
  await until(`${place} is reached`, () => failing.stderr().includes(`failpoint ${place} ${action}`), FIRED_WITHIN_MS)
  trial.struck()
  processes.add(await stage.start({ PLUGINS: engine }))
  await led
  // Refused where all was queued, and all is sent by now.
  if (leads) await unanswered(trial.send(apiUrl))
  if (place === 'control.committed') await expectStill(trial, stage, apiUrl)
  const end = async () => {
    // A process that is told twice ends at once.
    if (place === 'stop.asked') await failing.exited
    return processes.end([])
  }
  // The hanging process resumes after others have done its work. The cell checks what it does then.
  const resumed = () => until('it goes on', () => failing.stderr().includes(`failpoint ${place} resumed`))
  return trial.finish(WINDOW, end, action === 'hang' ? resumed : undefined)
}

/** A10: once the window that was under way is over, a paused campaign calls nobody; then it is resumed. */
async function expectStill(trial: Trial, { ledger }: Stage, apiUrl: string): Promise<void> {
  await until('nothing is under way', async () => (await trial.status()).stats.sending === 0)
  const { requests } = await ledger.count()
  await Bun.sleep(LEASE_SECONDS * 1500)
  const later = (await ledger.count()).requests - requests
  if (later > 0) throw new Error(`A10: ${later} calls were made after the campaign was paused`)
  await openApi(apiUrl).post(`/campaigns/${trial.id}/resume`, {})
}
