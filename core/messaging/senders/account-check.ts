/** Answer to "does the provider know this account", where the call that asked it failed. */
import type { AccountCheck } from './contract.ts'
import type { Outcome } from './outcome.ts'

/** @param provider its name, for people */
export function failedCheck(provider: string, outcome: Outcome): AccountCheck {
  // A code may mean "accepted" for a message by an operator's table: of an account it tells nothing.
  if (outcome.kind === 'accepted')
    return { ok: false, code: 'sender.error', detail: `${provider} answered something else` }
  const code = outcome.kind === 'throttled' ? 'provider.throttled' : outcome.code
  const { providerCode } = outcome
  const detail =
    providerCode === undefined ? `${provider} gave no answer` : `${provider} answered with code ${providerCode}`
  return { ok: false, code, detail }
}
