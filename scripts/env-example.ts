/** Writes `.env.example` anew from the settings' own descriptions. */
import { envExample } from '../core/config/env-example.ts'
import { settingsSchema } from '../core/messaging/settings.ts'
import { plugins } from '../plugins/index.ts'

await Bun.write(new URL('../.env.example', import.meta.url), envExample(plugins, settingsSchema))
