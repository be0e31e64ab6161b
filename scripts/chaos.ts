/**
 * `npm run chaos`: faults of every kind in the middle of campaigns, each audited against the ledger of a provider that
 * runs in a process of its own. Exit code 1 when an invariant broke. Options: see `usage`.
 */
import { actions } from './chaos/arm.ts'
import { type CellResult, runCell } from './chaos/cell.ts'
import { CRASH_PEOPLE, crashAt, isPlaceOf, places } from './chaos/crash-points.ts'
import { openStage, startMachines } from './chaos/stage.ts'

const machines = await startMachines()
const results: CellResult[] = []
for (const transport of ['postgres', 'rabbitmq'] as const)
  for (const idempotent of [true, false]) {
    const stage = await openStage(machines, {
      transport,
      idempotent,
      people: CRASH_PEOPLE,
      provider: { latencyMs: 20 },
    })
    const api = await stage.start({ PLUGINS: 'campaigns,control,customers,preview,stats,health' })
    for (const place of places.filter((one) => isPlaceOf(one, stage)))
      for (const action of actions) {
        const name = { part: 'crash point', fault: `${place} ${action}`, transport, idempotent }
        const result = await runCell(name, 1, () => crashAt(stage, api.url, place, action))
        results.push(result)
        console.log(
          transport,
          idempotent,
          result.fault,
          result.faults,
          result.recipients,
          'lost',
          result.lost,
          'dup',
          result.duplicated,
          'unk',
          result.unknown,
          'rec',
          result.recoveryMs,
          result.seconds.toFixed(1),
          JSON.stringify(result.breaches).slice(0, 600),
        )
      }
    await stage.close()
  }
await machines.dispose()
process.exit(results.some(({ breaches }) => breaches.length > 0) ? 1 : 0)
