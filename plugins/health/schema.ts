/** Documentation of /health and its two probes. */

import { healthExample as example, healthSchema, liveSchema, readySchema } from '../../core/http/health-schema.ts'
import { route } from '../../core/http/route.ts'

export const healthDocs = route({
  open: true,
  tag: 'Operations',
  summary: 'Tell whether the process is healthy',
  description:
    'Asks the database, whether it takes writes too, and the queue, 2 seconds at most, and looks at the background loops of this process.',
  answers: [
    { status: 200, description: 'Healthy or degraded', schema: healthSchema, example },
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

export const liveDocs = route({
  open: true,
  tag: 'Operations',
  summary: 'Tell whether the process answers',
  description: 'Looks at nothing else: a process that does not answer should be restarted.',
  answers: [{ status: 200, description: 'It answers', schema: liveSchema, example: { status: 'live' } }],
})

export const readyDocs = route({
  open: true,
  tag: 'Operations',
  summary: 'Tell whether requests should come here',
  description:
    'For load balancers: not ready while the database cannot be read, and from the moment that the process is asked to stop. It then serves on for DRAIN_NOTICE_SECONDS.',
  answers: [
    { status: 200, description: 'Ready', schema: readySchema, example: { status: 'ready' } },
    {
      status: 503,
      description: 'Not ready: `message` says why',
      schema: readySchema,
      example: { status: 'not_ready', message: 'The process is stopping' },
    },
  ],
})
