/** Schemas of the health checks. */
import { t } from 'elysia'
import { orNull, utcTime } from './docs.ts'

const status = t.String({ enum: ['healthy', 'unhealthy'] })
const message = t.Optional(t.String({ description: 'The problem; absent if there is none' }))

const loop = t.Object(
  {
    plugin: t.String(),
    loop: t.String(),
    state: t.String({ enum: ['running', 'backing_off', 'stopped'] }),
    restarts: t.Integer(),
    last_error: orNull(t.String()),
    since: utcTime('Time since which it has been in this state'),
  },
  { title: 'LoopHealth' },
)

/** Answer of /health. */
export const healthSchema = t.Object(
  {
    status: t.String({
      enum: ['healthy', 'degraded', 'unhealthy'],
      description: 'The worst status of the checks; degraded: the process works, but some messages are held up',
    }),
    checks: t.Object({
      database: t.Object({ status, message }),
      queue: t.Object({ status, message }),
      senders: t.Object({
        status: t.String({
          enum: ['healthy', 'degraded', 'unknown'],
          description: 'degraded: a channel is paused because its sender fails',
        }),
        message,
      }),
      dispatch: t.Object({
        status: t.String({
          enum: ['healthy', 'degraded', 'unknown'],
          description:
            'degraded: a chunk makes no progress and is being split, or a message recently ended as poisoned',
        }),
        message,
      }),
      loops: t.Object({ status, message, loops: t.Array(loop) }),
    }),
  },
  { title: 'Health' },
)

/** Answer of /health/live. */
export const liveSchema = t.Object({ status: t.String({ enum: ['live'] }) }, { title: 'Liveness' })

/** Answer of /health/ready. */
export const readySchema = t.Object(
  { status: t.String({ enum: ['ready', 'not_ready'] }), message },
  { title: 'Readiness' },
)

export const healthExample = {
  status: 'healthy',
  checks: {
    database: { status: 'healthy' },
    queue: { status: 'healthy' },
    senders: { status: 'healthy' },
    dispatch: { status: 'healthy' },
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
