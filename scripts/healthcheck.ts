/** For the container's health check: exit code 0 when the process here says that it is healthy. */
import { environment, readSettings } from '../core/config.ts'
import { plugins } from '../plugins/index.ts'

const { port } = readSettings(environment, plugins).core
const response = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined)
process.exit(response?.ok ? 0 : 1)
