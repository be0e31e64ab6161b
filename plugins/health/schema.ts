/** What the documentation says of /health. */
import { docs } from '../../core/http/docs.ts'
import { healthExample as example, healthSchema } from '../../core/http/health-schema.ts'

export const healthDocs = docs({
  open: true,
  tag: 'Operations',
  summary: 'Tell whether the process is healthy',
  description: 'Asks the database and the queue, 2 seconds at most, and looks at the background loops of this process.',
  answers: [
    { status: 200, description: 'Healthy', schema: healthSchema, example },
    {
      status: 503,
      description: 'Unhealthy: `message` says why',
      schema: healthSchema,
      example: {
        status: 'unhealthy',
        checks: { ...example.checks, database: { status: 'unhealthy', message: 'No answer within 2000 ms' } },
      },
    },
  ],
})
