/** Random steps of a campaign's history. */
import fc from 'fast-check'
import type { Action } from '../../core/messaging/campaign/control.ts'

const statuses = ['sent', 'failed', 'skipped', 'unknown', 'pending'] as const

const pick = fc.nat({ max: 999 })
export const step = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('queue' as const), from: pick, count: pick, more: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('claim' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('report' as const),
      // Any earlier lease: the owner's, or a zombie's.
      lease: pick,
      results: fc.array(fc.record({ message: pick, status: fc.constantFrom(...statuses) }), { maxLength: 5 }),
      next: fc.constantFrom('keep' as const, 'finish' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('replay' as const), report: pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('expire' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('split' as const), lease: pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('complete' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('control' as const),
      action: fc.constantFrom<Action[]>('pause', 'pause', 'resume', 'resume', 'resume', 'cancel'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('reopen' as const),
      change: fc.constantFrom(
        { from: 'failed', to: 'pending' } as const,
        { from: 'unknown', to: 'pending' } as const,
        { from: 'unknown', to: 'sent' } as const,
        { from: 'unknown', to: 'failed' } as const,
      ),
    }),
  },
)
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never
