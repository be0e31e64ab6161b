/** What /health answers, and what the documentation says of it. */
import { t } from 'elysia'
import { docs, orNull, utcTime } from '../../core/http/docs.ts'

const status = t.String({ enum: ['healthy', 'unhealthy'] })
const message = t.Optional(t.String({ description: 'What is wrong; absent where nothing is' }))

const loop = t.Object({
  plugin: t.String(),
  loop: t.String(),
  state: t.String({ enum: ['running', 'backing_off', 'stopped'] }),
  restarts: t.Integer(),
  last_error: orNull(t.String()),
  since: utcTime('When it came into this state'),
})

const healthAnswer = t.Object({
  status,
  checks: t.Object({
    database: t.Object({ status, message }),
    queue: t.Object({ status, message }),
    senders: t.Object({
      status: t.String({
        enum: ['healthy', 'degraded', 'unknown'],
        description: 'degraded: a channel rests, its sender fails',
      }),
      message,
    }),
    loops: t.Object({ status, message, loops: t.Array(loop) }),
  }),
})

const example = {
  status: 'healthy',
  checks: {
    database: { status: 'healthy' },
    queue: { status: 'healthy' },
    senders: { status: 'healthy' },
    loops: {
      status: 'healthy',
      loops: [
        {
          plugin: 'worker',
          loop: 'work',
          state: 'running',
          restarts: 0,
          last_error: null,
          since: '2030-01-01T08:00:00.000Z',
        },
      ],
    },
  },
}

export const healthDocs = docs({
  open: true,
  tag: 'Operations',
  summary: 'Tell whether the process is healthy',
  description: 'Asks the database and the queue, 2 seconds at most, and looks at the background loops of this process.',
  answers: [
    { status: 200, description: 'Healthy', schema: healthAnswer, example },
    {
      status: 503,
      description: 'Unhealthy: `message` says why',
      schema: healthAnswer,
      example: {
        status: 'unhealthy',
        checks: { ...example.checks, database: { status: 'unhealthy', message: 'No answer within 2000 ms' } },
      },
    },
  ],
})
