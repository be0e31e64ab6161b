/** We on the embedded database: one process, no server at all. */
import { execFile } from 'node:child_process'
import { cp } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { releaseServers, startServer } from '../../test/support/server-process.ts'
import { emptyFolder, inFolder, releaseFolders } from '../../test/support/server-process-folder.ts'
import { openApi } from '../support/api.ts'
import { createCampaign, idsFrom, sendAll } from './campaign.ts'
import { write } from './format.ts'
import { type Bench, takeTurns } from './part.ts'
import { peakMemory } from './procfs.ts'

const LOOK_EVERY_MS = 50
const run = promisify(execFile)
const script = (name: string) => fileURLToPath(new URL(`../${name}.ts`, import.meta.url))

/** A folder with that many customers, and no campaign. */
export async function makeFolder(people: number): Promise<string> {
  const folder = await emptyFolder()
  const env = { PATH: process.env.PATH ?? '', DATA_DIR: folder }
  await run(process.execPath, ['--no-env-file', script('migrate')], { env })
  await run(process.execPath, ['--no-env-file', script('seed'), String(people)], { env })
  return folder
}

export async function runPglite({ plan, note, say }: Bench): Promise<void> {
  const { recipients, rounds } = plan.pglite
  const work = { recipients, warmUp: plan.warmUp }
  const template = await makeFolder(Math.max(recipients, plan.warmUp))
  try {
    const contender = {
      name: 'ours, embedded',
      rounds,
      run: async () => {
        const { rate, memory } = await measureEmbedded(template, work)
        note('ours.pglite.rate', rate)
        note('cost.pglite.memory', memory)
        return `${write(rate, 'rate')}, ${write(memory, 'mb')} at its peak`
      },
    }
    await takeTurns([contender], say)
  } finally {
    await releaseFolders()
  }
}

/** A server on such a folder. */
export const startEmbedded = (folder: string) =>
  startServer({ DATA_DIR: folder, LOG_LEVEL: 'warn', MOCK_SUCCESS_RATE: '1', MOCK_RECEIPTS: 'off', SAMPLE_DATA: 'off' })

/** Sends a campaign to customers 1 to `recipients`, by the API alone: nobody else can look into the database. @returns its id */
export async function runEmbedded(url: string, recipients: number): Promise<number> {
  const id = await createCampaign(url)
  await sendAll(url, id, idsFrom(1, recipients))
  const api = openApi(url)
  while ((await api.get<{ status: string }>(`/campaigns/${id}`)).status === 'sending') await Bun.sleep(LOOK_EVERY_MS)
  return id
}

async function measureEmbedded(
  template: string,
  { recipients, warmUp }: { readonly recipients: number; readonly warmUp: number },
): Promise<{ rate: number; memory: number }> {
  const folder = await emptyFolder()
  await cp(template, folder, { recursive: true })
  try {
    const server = await startEmbedded(folder)
    await runEmbedded(server.url, warmUp)
    // The embedded database has this machine's clock, as this program.
    const begun = Date.now()
    const id = await runEmbedded(server.url, recipients)
    const memory = peakMemory(server.pid)
    await server.end()
    const { ended, sent } = await inFolder(folder, (db) =>
      db
        .selectFrom('campaigns as k')
        .select((eb) => [
          sql<number>`(extract(epoch from k.completed_at) * 1000)::float8`.as('ended'),
          eb
            .selectFrom('outbound_messages as m')
            .select((message) => message.fn.countAll<string>().as('sent'))
            .whereRef('m.campaign_id', '=', 'k.id')
            .where('m.status', '=', 'sent')
            .as('sent'),
        ])
        .where('k.id', '=', id)
        .executeTakeFirstOrThrow(),
    )
    if (Number(sent) !== recipients) throw new Error(`The embedded database: ${sent} of ${recipients} sent`)
    return { rate: recipients / ((ended - begun) / 1000), memory }
  } finally {
    await releaseServers()
  }
}
