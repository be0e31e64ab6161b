/** The audit catches what it is there for: with a remedy taken out of the program on purpose, the same fault breaks a rule. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import type { Outcome } from '../../scripts/chaos/cell.ts'
import { crashAt, type Place } from '../../scripts/chaos/crash-points.ts'
import { API } from '../../scripts/chaos/fleet.ts'
import { listParts } from '../../scripts/chaos/parts.ts'
import { reportOf } from '../../scripts/chaos/results.ts'
import type { Sabotage } from '../../scripts/chaos/sabotage.ts'
import { type Machines, openStage, type Stage, startMachines } from '../../scripts/chaos/stage.ts'
import { postgresAvailable } from '../support/postgres.ts'
import { rabbitmqAvailable } from '../support/rabbitmq.ts'

const LONG = 120_000

describe.skipIf(!postgresAvailable || !rabbitmqAvailable)('a worker that hangs for longer than its lease', () => {
  let machines: Machines
  let stage: Stage | undefined
  beforeAll(async () => {
    machines = await startMachines()
  }, LONG)
  afterEach(() => stage?.close(), LONG)
  afterAll(() => machines?.dispose(), LONG)

  async function hangAt(place: Place, idempotent: boolean, sabotage?: Sabotage): Promise<Outcome> {
    stage = await openStage(machines, {
      transport: 'postgres',
      idempotent,
      people: 200,
      ...(sabotage && { sabotage }),
    })
    const { url } = await stage.start({ PLUGINS: API })
    return crashAt(stage, url, place, 'hang')
  }
  const rules = ({ breaches }: Outcome) => [...new Set(breaches.map(({ rule }) => rule))]

  test('race 11: breaks nothing', async () => expect(rules(await hangAt('window.started', false))).toEqual([]), LONG)

  test(
    'race 11: without the fence messages are delivered twice, and the audit says so',
    async () => {
      const outcome = await hangAt('window.started', false, 'no fence')
      expect(rules(outcome)).toContain('A5')
      expect(outcome.duplicated).toBeGreaterThan(0)
    },
    LONG,
  )

  test(
    'race 13: without the compare-and-set outcomes are counted twice, and the audit says so',
    async () => expect(rules(await hangAt('window.started', true, 'no compare-and-set'))).toContain('A8'),
    LONG,
  )
})

describe('the cells', () => {
  const cellsOf = (quick: boolean) => listParts(quick).flatMap(({ cells }) => cells)

  test('a quick run has one cell of each group, in every setup and with every action', () => {
    const groups = (quick: boolean) => [...new Set(cellsOf(quick).map(({ group }) => group))].sort()
    // The two loops say how often they strike.
    const bare = (quick: boolean) => groups(quick).map((group) => group.replace(/\d+ times/, 'n times'))
    expect(bare(true)).toEqual(bare(false))
    expect(cellsOf(true)).toHaveLength(groups(true).length)
    const setups = cellsOf(true).map(({ transport, idempotent }) => `${transport} ${idempotent}`)
    expect(new Set(setups).size).toBe(4)
    const crashes = cellsOf(true).filter(({ part }) => part === 'crash point')
    expect(new Set(crashes.map(({ fault }) => fault.split(', ')[1])).size).toBe(3)
  })

  test('the report sums up its cells', () => {
    const cell = { part: 'p', fault: 'f', transport: 'postgres', idempotent: false, seed: 1, seconds: 1 } as const
    const counts = { recipients: 10, lost: 1, duplicated: 2, unknown: 3, faults: 4, recoveryMs: 5 }
    const results = [{ ...cell, ...counts, doubts: 7, breaches: [{ rule: 'A5', what: 'x' }] }]
    const report = reportOf({ command: 'npm run chaos', seed: 1, seconds: 60, versions: { Bun: '1' }, results })
    expect(report).toContain(
      '1 cells, 4 faults, 10 recipients: 1 lost, 0 duplicated with an idempotent provider, 2 with',
    )
    expect(report).toContain('7 messages were in doubt because a worker was killed; receipts settled 4 of them')
    expect(report).toContain('| p | f | postgres | not idempotent | 4 | 10 | 1 | 2 | 3 | 5 | A5 |')
  })
})
