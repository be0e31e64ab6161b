/** The fake of a real provider as the judge of a campaign: what it took, by our message ids. */
import type { Accept } from '../../test/support/ledger-entry.ts'
import type { Ledger } from '../../test/support/ledger-process.ts'
import type { FakeProcess } from '../../test/support/providers/process.ts'

/** Calls name no key, and many messages: there are no requests to judge. */
export function ledgerOf(fake: FakeProcess): Ledger {
  return {
    url: fake.url,
    behave: ({ latencyMs }) => (latencyMs === undefined ? Promise.resolve() : fake.behave({ latencyMs })),
    count: async () => {
      const { calls, accepts } = await fake.counts()
      return { requests: calls, deliveries: accepts }
    },
    forget: () => Promise.reject(new Error('A fake of a real provider forgets nothing')),
    requests: async () => [],
    accepts: async () =>
      (await fake.entries('accept')).map(({ at, id, reference, to, text }): Accept => {
        const message_id = /\d+/.exec(reference ?? '')?.[0] ?? ''
        return { what: 'accept', at, key: reference ?? '', message_id, to, text, id }
      }),
  }
}
