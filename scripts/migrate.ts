/**
 * `npm run migrate`: brings the database of DATABASE_URL, or the embedded one, up to date, with the tables of the plugins that
 * PLUGINS names. Safe to run at any time.
 */
import { environment } from '../core/config/config.ts'
import { BootError } from '../core/errors.ts'
import { loadPlugins } from '../core/host/load.ts'
import { listOwners } from '../core/host/own-tables.ts'
import { readSettings } from '../core/messaging/settings.ts'
import { openStore } from '../core/messaging/store.ts'
import { plugins } from '../plugins/index.ts'

try {
  const all = await loadPlugins(plugins, environment.PLUGINS, { entry: () => import('../core/plugin.ts') })
  const { core, enabled } = readSettings(environment, all)
  const owners = listOwners(all.filter(({ name }) => enabled.includes(name)))
  const store = await openStore({ ...core, sampleData: false }, { migrate: true, owners })
  console.log(`${store.place} is up to date`)
  await store.close()
} catch (error) {
  if (!(error instanceof BootError)) throw error
  console.error(error.message)
  process.exit(1)
}
