/** We, end to end: from the request to /send to the last durable outcome, and what it cost. */
import { releaseServers } from '../../test/support/server-process.ts'
import { runCampaign } from './campaign.ts'
import { hotShare, type Peaks, peaksOf, readUsage, type Usage, usedBetween } from './cost.ts'
import { type Environment, onceIn } from './environment.ts'
import { type ProcessOptions, startProcesses } from './processes.ts'

export interface Measured {
  /** Recipients a second, by the database's clock. */
  readonly rate: number
  readonly failed: number
  readonly usage: Usage
  readonly peaks: Peaks
  readonly hotShare: number
}

export interface RunOptions extends ProcessOptions {
  readonly recipients: number
  /** Recipients of campaigns that go before, on the same processes: what is measured then are servers at work. */
  readonly warmUp?: number
  readonly mayFail?: boolean
}

/** On a database, a virtual host and processes of its own. */
export async function measureOurs(environment: Environment, options: RunOptions): Promise<Measured> {
  const { recipients, warmUp = 0, mayFail = false } = options
  const database = await environment.fresh(Math.max(recipients, warmUp))
  try {
    const measured = await onceIn(database.url, async (sql) => {
      const processes = await startProcesses(environment, database, options)
      if (warmUp > 0) await runCampaign(processes.api.url, sql, { recipients: warmUp, mayFail })
      const before = await readUsage(environment, processes, sql)
      const { seconds, failed } = await runCampaign(processes.api.url, sql, { recipients, mayFail })
      const usage = usedBetween(before, await readUsage(environment, processes, sql))
      const peaks = peaksOf(processes)
      await processes.stop()
      return { rate: recipients / seconds, failed, usage, peaks }
    })
    return { ...measured, hotShare: await onceIn(database.url, hotShare) }
  } finally {
    await releaseServers()
    await database.drop()
  }
}
