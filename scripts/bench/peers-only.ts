/**
 * Measures the peers alone: `node scripts/bun.mjs scripts/bench/peers-only.ts`. Options: --only NAME (several times),
 * --recipients N, --workers N, --rounds N, and --tuning '{"batch":500}' to try other settings.
 */
import { parseArgs } from 'node:util'
import { openGround } from './ground.ts'
import { peers } from './peers.ts'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    recipients: { type: 'string', default: '200000' },
    workers: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '1' },
    tuning: { type: 'string', multiple: true },
  },
})
const chosen = peers.filter(({ name }) => options.only?.includes(name) ?? true)
const ground = await openGround(Number(options.recipients))
try {
  for (let round = 1; round <= Number(options.rounds); round++)
    for (const peer of chosen) {
      const missing = peer.missing()
      if (missing) console.log(`${peer.name}: left out, for ${missing}`)
      else
        for (const tuning of options.tuning ?? ['{}'])
          for (const workers of options.workers?.map(Number) ?? [peer.workers]) {
            const rate = await peer.measure(ground, Number(options.recipients), workers, JSON.parse(tuning))
            console.log(
              `${peer.name.padEnd(22)} ${workers} ${tuning} ${Math.round(rate).toLocaleString('en')} recipients/s`,
            )
          }
    }
} finally {
  await ground.dispose()
}
