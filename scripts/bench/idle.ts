/** CPU of an idle process with all plugins. */
import { releaseServers, type ServerProcess, startServer } from '../../test/support/server-process.ts'
import { releaseFolders } from '../../test/support/server-process-folder.ts'
import { runCampaign } from './campaign.ts'
import { onceIn } from './environment.ts'
import { write } from './format.ts'
import { queues } from './keys.ts'
import type { Bench } from './part.ts'
import { makeFolder, runEmbedded, startEmbedded } from './pglite.ts'
import { settingsFor } from './processes.ts'
import { cpuSeconds, peakMemory } from './procfs.ts'

/** There is a campaign behind, as there would be. */
const BEHIND = 10_000

export async function runIdle(bench: Bench): Promise<void> {
  const { environment, plan, note, say } = bench
  const databases = await Promise.all(queues.map(() => environment.fresh()))
  try {
    const processes: Record<string, ServerProcess> = {}
    processes.embedded = await startEmbedded(await makeFolder(BEHIND))
    await runEmbedded(processes.embedded.url, BEHIND)
    for (const [nth, database] of databases.entries()) {
      const queue = queues[nth] ?? 'postgres'
      const server = await startServer(await settingsFor(environment, database, queue))
      await onceIn(database.url, (sql) => runCampaign(server.url, sql, { recipients: BEHIND }))
      processes[queue] = server
    }
    await Bun.sleep(plan.idle.settle * 1000)
    const before = Object.values(processes).map(({ pid }) => cpuSeconds(pid))
    const begun = performance.now()
    await Bun.sleep(plan.idle.seconds * 1000)
    const seconds = (performance.now() - begun) / 1000
    for (const [nth, [name, { pid }]] of Object.entries(processes).entries()) {
      const share = (cpuSeconds(pid) - (before[nth] ?? 0)) / seconds
      note(`idle.${name}.cpu`, share)
      note(`idle.${name}.memory`, peakMemory(pid))
      say(`idle, ${name.padEnd(10)} ${write(share, 'percent')} of a core`)
    }
  } finally {
    await releaseServers()
    await releaseFolders()
    for (const database of databases) await database.drop()
  }
}
