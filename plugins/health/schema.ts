/** Documentation of /health and its two probes. */

import { healthExample as example, healthSchema, liveSchema, readySchema } from '../../core/http/health-schema.ts'
import { route } from '../../core/http/route.ts'

export const healthDocs = route({
  open: true,
  tag: 'Operations',
  summary: 'Check the health of the process',
  description:
    'Checks the database, including writes, and the queue, for at most 2 seconds each, and the background loops of this process.',
  answers: [
    { status: 200, description: 'Healthy or degraded', schema: healthSchema, example },
    {
      status: 503,
      description: 'Unhealthy, with the reason in `message`',
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
  summary: 'Check that the process is alive',
  description: 'Checks nothing else: restart a process that does not respond.',
  answers: [{ status: 200, description: 'Alive', schema: liveSchema, example: { status: 'live' } }],
})

export const readyDocs = route({
  open: true,
  tag: 'Operations',
  summary: 'Check that the process is ready',
  description:
    'For load balancers. The process is not ready while it cannot read the database, and from the moment it is told to stop; it then serves requests for DRAIN_NOTICE_SECONDS more.',
  answers: [
    { status: 200, description: 'Ready', schema: readySchema, example: { status: 'ready' } },
    {
      status: 503,
      description: 'Not ready, with the reason in `message`',
      schema: readySchema,
      example: { status: 'not_ready', message: 'The process is stopping' },
    },
  ],
})
