/** For the container's health check: exit code 0 when the process here is ready. */
import { readDashboardSettings } from '../core/config/config.ts'

// Plugins are not loaded for it: their code belongs to the process that is asked.
const response = await fetch(`${readDashboardSettings().url}/health/ready`).catch(() => undefined)
process.exit(response?.ok ? 0 : 1)
