/**
 * Measures the peers alone: `node scripts/bun.mjs scripts/bench/peers-only.ts`. Options: --recipients N, --rounds N, and,
 * each as often as wanted, --only NAME, --workers N and --tuning '{"batch":500}', to try other settings. Without the last
 * two it prints the better of one worker process and two.
 */
import { parseArgs } from 'node:util'
import { openEnvironment } from './environment.ts'
import { measureBest, type Peer, peers } from './peers.ts'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    recipients: { type: 'string', default: '200000' },
    workers: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '1' },
    tuning: { type: 'string', multiple: true },
  },
})
const recipients = Number(options.recipients)
const environment = await openEnvironment(recipients)

async function measure(peer: Peer): Promise<void> {
  const missing = peer.missing()
  if (missing) return console.log(`${peer.name}: left out, for ${missing}`)
  const say = (rate: number, how: string) =>
    console.log(`${peer.name.padEnd(22)} ${Math.round(rate).toLocaleString('en')} recipients/s ${how}`)
  if (!options.workers && !options.tuning) return say(await measureBest(peer, environment, recipients), '')
  for (const tuning of options.tuning ?? ['{}'])
    for (const workers of options.workers ?? [peer.workers])
      say(
        await peer.measure(environment, { recipients, workers: Number(workers) }, JSON.parse(tuning)),
        `workers ${workers} ${tuning}`,
      )
}

try {
  for (let round = 1; round <= Number(options.rounds); round++)
    for (const peer of peers) if (options.only?.includes(peer.name) ?? true) await measure(peer)
} finally {
  await environment.dispose()
}
