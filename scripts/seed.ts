/**
 * `npm run seed -- 100000`: adds so many made-up customers (1,000 without a number) to the database of DATABASE_URL, or to
 * the embedded one. Phone numbers follow on those that are there, so it may be run again.
 */
import { environment } from '../core/config/config.ts'
import { BootError } from '../core/errors.ts'
import { loadPlugins } from '../core/host/load.ts'
import { readSettings } from '../core/messaging/settings.ts'
import { openStore } from '../core/messaging/store.ts'
import { plugins } from '../plugins/index.ts'
import { insertPeople, makePeople } from './people.ts'

const MOST = 1_000_000
const STEP = 50_000
const SEED = 20_240_229

function countFrom(text = '1000'): number {
  if (/^[1-9]\d{0,6}$/.test(text) && Number(text) <= MOST) return Number(text)
  throw new BootError(`Cannot add "${text}" customers: expected a whole number from 1 to ${MOST}`)
}

try {
  const count = countFrom(process.argv[2])
  const all = await loadPlugins(plugins, environment.PLUGINS, { entry: () => import('../core/plugin.ts') })
  const { core } = readSettings(environment, all)
  const store = await openStore(core)
  const { there } = await store.db
    .selectFrom('customers')
    .select(({ fn }) => fn.countAll<string>().as('there'))
    .executeTakeFirstOrThrow()
  let added = 0
  for (let at = 0; at < count; at += STEP)
    added += (await insertPeople(store.db, makePeople(Math.min(STEP, count - at), SEED, Number(there) + at))).length
  console.log(`Added ${added.toLocaleString('en')} customers to ${store.place}`)
  await store.close()
} catch (error) {
  if (!(error instanceof BootError)) throw error
  console.error(error.message)
  process.exit(1)
}
