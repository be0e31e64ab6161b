/** For the container's health check: exit code 0 when the process here is ready. */
import { environment } from '../core/config/config.ts'
import { ownUrl } from '../core/http/own-url.ts'
import { readSettings } from '../core/messaging/settings.ts'
import { plugins } from '../plugins/index.ts'

const { host, port } = readSettings(environment, plugins).core
const response = await fetch(`${ownUrl(host, port)}/health/ready`).catch(() => undefined)
process.exit(response?.ok ? 0 : 1)
