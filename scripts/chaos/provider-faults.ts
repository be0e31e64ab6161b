/** A provider at its worst: slow, failing, throttling, accepting and then breaking off, hanging (races 10, 19, 30). */
import type { Behaviour } from '../../test/support/ledger-entry.ts'
import { runBattle } from './fleet.ts'
import type { Stage } from './stage.ts'

export const providerFaults: Readonly<Record<string, Partial<Behaviour>>> = {
  'accepts, then cuts': { cut: 0.05 },
  hangs: { hang: 0.02 },
  'throttles in storms': { throttled: 0.5 },
}

/** Calls without an answer are in doubt by themselves: any row may be, where the provider is not idempotent. */
export function endureProvider(stage: Stage, seed: number, behaviour: Partial<Behaviour>) {
  return runBattle(stage, { seed }, async ({ trial }) => {
    await stage.ledger.behave({ ...behaviour, seed })
    trial.struck()
    return stage.ids.length
  })
}
