/** Everything that is done, in the order of the table: in full, or as much as fits into a CI run. */
import { type SenderKindName, senderKinds } from '../../test/support/providers/kinds.ts'
import { actions } from './arm.ts'
import { befallBroker, brokerFaults, sendWithoutLeader } from './broker-faults.ts'
import type { CellName, Outcome } from './cell.ts'
import { CRASH_PEOPLE, crashAt, isPlaceOf, places } from './crash-points.ts'
import { befallDatabase, databaseFaults } from './database-faults.ts'
import { befallNetwork, modes } from './network-faults.ts'
import { killLoop, zombies } from './process-faults.ts'
import { endureProvider, providerFaults } from './provider-faults.ts'
import {
  befallSender,
  LATENCY_MS as FAKE_LATENCY_MS,
  failHook,
  hideHook,
  killSenders,
  receiptPlaces,
  type SenderFault,
} from './sender-faults.ts'
import type { Stage, StageOptions } from './stage.ts'

export interface Environment {
  readonly stage: Stage
  readonly seed: number
  /** Address of a process that no fault befalls. */
  apiUrl(): Promise<string>
}

export interface Cell extends CellName {
  /** Cells of one group are one fault in several setups. */
  readonly group: string
  run(environment: Environment): Promise<Outcome>
}

/** Cells that share a stage; each has a campaign of its own. */
export interface Part {
  readonly stage: StageOptions
  readonly cells: readonly Cell[]
}

type Setup = Pick<StageOptions, 'transport' | 'idempotent'>

const setups: readonly Setup[] = (['postgres', 'rabbitmq'] as const).flatMap((transport) =>
  [true, false].map((idempotent) => ({ transport, idempotent })),
)

/** So slow that a campaign lasts for some seconds. */
const LATENCY_MS = 120

interface Size {
  readonly people: number
  readonly times: number
}
const sizes = {
  full: {
    kills: { people: 50_000, times: 100 },
    stops: { people: 10_000, times: 8 },
    faults: { people: 5000, times: 2 },
    receipts: { people: 3000, times: 6, hiddenSeconds: 60 },
  },
  quick: {
    kills: { people: 5000, times: 10 },
    stops: { people: 3000, times: 2 },
    faults: { people: 1500, times: 1 },
    receipts: { people: 800, times: 1, hiddenSeconds: 3 },
  },
}

/** @param quick one cell of each group, the setups in turn */
export function listParts(quick: boolean): Part[] {
  const size = quick ? sizes.quick : sizes.full
  const parts = setups.flatMap((setup) => [
    crashes(setup),
    kills(setup, size.kills),
    stops(setup, size.stops),
    outages(setup, size.faults),
    providers(setup, size.faults),
  ])
  for (const transport of ['postgres', 'rabbitmq'] as const)
    for (const kind of Object.keys(senderKinds) as SenderKindName[])
      parts.push(senders({ transport, idempotent: kind === 'infobip' }, kind, size.receipts))
  return quick ? thinOut(parts) : parts
}

function thinOut(parts: readonly Part[]): Part[] {
  const groups = [
    ...Map.groupBy(
      parts.flatMap(({ cells }) => cells),
      ({ group }) => group,
    ).values(),
  ]
  // 5 has no divisor in common with the size of a group, so that all setups and actions get their turn.
  const chosen = new Set(groups.map((cells, at) => cells[(at * 5) % cells.length]))
  return parts
    .map((part) => ({ ...part, cells: part.cells.filter((cell) => chosen.has(cell)) }))
    .filter(({ cells }) => cells.length > 0)
}

const inSetup =
  (setup: Setup) =>
  (part: string, fault: string, run: Cell['run'], group = `${part} ${fault}`): Cell => ({
    part,
    fault,
    group,
    ...setup,
    run,
  })

function crashes(setup: Setup): Part {
  const cell = inSetup(setup)
  return {
    stage: { ...setup, people: CRASH_PEOPLE },
    cells: places
      .filter((place) => isPlaceOf(place, setup))
      .flatMap((place) =>
        actions.map((action) =>
          cell(
            'crash point',
            `${place}, ${action}`,
            async ({ stage, apiUrl }) => crashAt(stage, await apiUrl(), place, action),
            place,
          ),
        ),
      ),
  }
}

const slowly = (setup: Setup, people: number): StageOptions => ({
  ...setup,
  people,
  provider: { latencyMs: LATENCY_MS },
})

function kills(setup: Setup, { people, times }: Size): Part {
  const cell = inSetup(setup)('kill loop', `kill -9, ${times} times`, ({ stage, seed }) => killLoop(stage, seed, times))
  return { stage: slowly(setup, people), cells: [cell] }
}

function stops(setup: Setup, { people, times }: Size): Part {
  const cell = inSetup(setup)('zombies', `SIGSTOP, ${times} times`, ({ stage, seed }) => zombies(stage, seed, times))
  return { stage: slowly(setup, people), cells: [cell] }
}

function outages(setup: Setup, { people, times }: Size): Part {
  const cell = inSetup(setup)
  const broker = Object.entries(brokerFaults).map(([fault, work]) =>
    cell('broker', fault, ({ stage, seed }) => befallBroker(stage, seed, work, times)),
  )
  broker.push(cell('broker', 'queue without a leader', ({ stage, seed }) => sendWithoutLeader(stage, seed)))
  const database = Object.entries(databaseFaults).map(([fault, work]) =>
    cell('database', fault, ({ stage, seed }) => befallDatabase(stage, seed, work, times)),
  )
  const network = (way: 'database' | 'broker') =>
    modes.map((mode) =>
      cell('network', `${mode}, ${way}`, ({ stage, seed }) => befallNetwork(stage, seed, way, mode, times)),
    )
  const brokered = setup.transport === 'rabbitmq'
  return {
    stage: slowly(setup, people),
    cells: [...(brokered ? broker : []), ...database, ...network('database'), ...(brokered ? network('broker') : [])],
  }
}

/** More tries than usual: what is tried here is the provider, not how soon it is given up. */
function providers(setup: Setup, { people }: Size): Part {
  const cell = inSetup(setup)
  return {
    stage: { ...slowly(setup, people), maxAttempts: 10 },
    cells: Object.entries(providerFaults).map(([fault, behaviour]) =>
      cell('provider', fault, ({ stage, seed }) => endureProvider(stage, seed, behaviour)),
    ),
  }
}

/** Receipts come twice, the last of each message first; a tenth of the messages is not delivered. */
const fake = { latencyMs: FAKE_LATENCY_MS, duplicates: 1, outOfOrder: true, fates: { undelivered: 0.1 } }

function senders(
  setup: Setup,
  kind: SenderKindName,
  { people, times, hiddenSeconds }: Size & { readonly hiddenSeconds: number },
): Part {
  const cell = (fault: string, group: string, work: SenderFault) =>
    inSetup(setup)('providers', `${kind}: ${fault}`, ({ stage }) => befallSender(stage, work), group)
  const crashes = receiptPlaces
    // Nothing is in doubt where the provider can be asked again.
    .filter((place) => place !== 'receipts.doubtful' || !setup.idempotent)
    .flatMap((place) => actions.map((action) => cell(`${place}, ${action}`, place, failHook(place, action))))
  return {
    stage: { ...setup, people, sender: kind, fake },
    cells: [
      cell(`kill -9, ${times} times`, 'providers kill', killSenders(times)),
      cell(`no hook for ${hiddenSeconds} seconds`, 'providers hook', hideHook(hiddenSeconds, kind)),
      ...crashes,
    ],
  }
}
