/** Asks Twilio whether it knows the account, and whether it may send, without sending anything. */
import { failedCheck } from '../../core/messaging/senders/account-check.ts'
import type { AccountCheck, SenderUse } from '../../core/messaging/senders/contract.ts'
import { callProvider } from '../../core/messaging/senders/provider-call.ts'
import { readRefusal } from './answer.ts'
import type { TwilioSettings } from './grant.ts'

type Authorization = Readonly<Record<'Authorization', string>>

/**
 * Reads the account with its own token, as a standard API key may not; where a key sends, the latest message's record is
 * asked for with the key, and not looked at.
 * @param account address of the account, without `.json`
 * @param token authorizes by the auth token
 * @param sending authorizes as calls that send do
 */
export async function checkAccount(
  use: SenderUse<TwilioSettings>,
  account: string,
  token: Authorization,
  sending: Authorization,
  signal: AbortSignal,
): Promise<AccountCheck> {
  const read = async (address: string, headers: Authorization) => {
    const answer = await callProvider(use, address, { headers }, signal)
    if (answer.kind === 'answer' && answer.status === 200) return { json: answer.json }
    return { failed: failedCheck('Twilio', answer.kind === 'answer' ? readRefusal(answer, use.outcomeOf) : answer) }
  }
  const found = await read(`${account}.json`, token)
  if (found.failed) return found.failed
  const { status, type } = Object(found.json) as { status?: unknown; type?: unknown }
  // `suspended` or `closed`.
  if (status !== 'active') return { ok: false, code: 'provider.account', detail: `The account is ${word(status)}` }
  const { failed } = use.settings.apiKeySid ? await read(`${account}/Messages.json?PageSize=1`, sending) : found
  if (failed) return failed
  return {
    ok: true,
    detail: type === 'Trial' ? 'Trial account: it reaches verified numbers only' : 'The account is active',
  }
}

const word = (status: unknown) => (typeof status === 'string' && /^[a-z]{1,20}$/.test(status) ? status : 'not active')
