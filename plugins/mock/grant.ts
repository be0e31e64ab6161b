/** Resources and settings that the plugin is granted. */
import { t } from 'elysia'

export const needs = { clock: true } as const

export const config = t.Object({
  successRate: t.Number({
    default: 0.95,
    minimum: 0,
    maximum: 1,
    description: 'Share of calls that the mock sender accepts',
  }),
  latencyMs: t.Integer({
    default: 0,
    minimum: 0,
    maximum: 600_000,
    description: 'Milliseconds that the mock sender takes for each message',
  }),
  seed: t.Optional(
    t.Integer({
      minimum: 0,
      maximum: 4_294_967_295,
      description: 'Seed that makes the mock sender reject the same messages on every run',
    }),
  ),
})
