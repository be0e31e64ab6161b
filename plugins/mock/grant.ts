/** Resources that the plugin is granted, and the settings of each sender. */
import { t } from 'elysia'

export const needs = { clock: true } as const

export const settings = t.Object({
  successRate: t.Number({
    env: 'MOCK_SUCCESS_RATE',
    default: 0.95,
    minimum: 0,
    maximum: 1,
    description: 'Share of calls that the mock sender accepts',
  }),
  latencyMs: t.Integer({
    env: 'MOCK_LATENCY_MS',
    default: 0,
    minimum: 0,
    maximum: 600_000,
    description: 'Milliseconds that the mock sender takes for each message',
  }),
  seed: t.Optional(
    t.Integer({
      env: 'MOCK_SEED',
      minimum: 0,
      maximum: 4_294_967_295,
      description: 'Seed that makes the mock sender reject the same messages on every run',
    }),
  ),
  receipts: t.Boolean({
    env: 'MOCK_RECEIPTS',
    default: true,
    description: 'Whether the mock sender reports accepted messages as delivered, about a second later',
  }),
})
