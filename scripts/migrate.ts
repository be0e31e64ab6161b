/** `npm run migrate`: brings the database of DATABASE_URL, or the embedded one, up to date. Safe to run at any time. */
import { environment } from '../core/config/config.ts'
import { BootError } from '../core/errors.ts'
import { readSettings } from '../core/messaging/settings.ts'
import { openStore } from '../core/messaging/store.ts'
import { plugins } from '../plugins/index.ts'

try {
  const { core } = readSettings(environment, plugins)
  const store = await openStore({ ...core, sampleData: false }, { migrate: true })
  console.log(`${store.place} is up to date`)
  await store.close()
} catch (error) {
  if (!(error instanceof BootError)) throw error
  console.error(error.message)
  process.exit(1)
}
