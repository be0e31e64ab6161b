/** Every action in every status, over the API: the answer, and the status that follows. */
import { afterEach, beforeEach, expect, test } from 'bun:test'
import type { CampaignAction, CampaignStatus } from '../../core/messaging/campaign/status.ts'
import { type Api, openApi } from '../support/api.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { addCampaign, addCustomers, openDispatch, outcome } from '../support/dispatch.ts'
import { expectInvariant } from '../support/invariant.ts'

const calls: Readonly<Record<CampaignAction, readonly [method: string, path: string, body?: object]>> = {
  edit: ['PATCH', '', { name: 'Other' }],
  delete: ['DELETE', ''],
  send: ['POST', '/send', { customer_ids: [1, 2, 3] }],
  closeAudience: ['POST', '/close-audience'],
  pause: ['POST', '/pause'],
  resume: ['POST', '/resume'],
  cancel: ['POST', '/cancel'],
  retryFailed: ['POST', '/retry-failed'],
  resolveUnknown: ['POST', '/resolve-unknown', { as: 'sent' }],
}

/** The status after the action, or how it is refused: written by hand, so that the table cannot agree with itself. */
const promised: Readonly<
  Record<CampaignStatus, Readonly<Record<CampaignAction, CampaignStatus | 'gone' | 400 | 409>>>
> = {
  draft: {
    ...{ edit: 'draft', delete: 'gone', send: 'sending', closeAudience: 'draft', pause: 409, resume: 409 },
    ...{ cancel: 'cancelled', retryFailed: 409, resolveUnknown: 409 },
  },
  scheduled: {
    ...{ edit: 'scheduled', delete: 'gone', send: 'scheduled', closeAudience: 'scheduled', pause: 409, resume: 409 },
    ...{ cancel: 'cancelled', retryFailed: 409, resolveUnknown: 409 },
  },
  sending: {
    ...{ edit: 409, delete: 409, send: 'sending', closeAudience: 'sending', pause: 'paused', resume: 409 },
    ...{ cancel: 'cancelled', retryFailed: 'sending', resolveUnknown: 'sending' },
  },
  paused: {
    ...{ edit: 409, delete: 409, send: 'paused', closeAudience: 'paused', pause: 409, resume: 'sending' },
    ...{ cancel: 'cancelled', retryFailed: 'paused', resolveUnknown: 'paused' },
  },
  sent: {
    ...{ edit: 409, delete: 409, send: 400, closeAudience: 'sent', pause: 409, resume: 409 },
    ...{ cancel: 409, retryFailed: 'sending', resolveUnknown: 'sent' },
  },
  failed: {
    ...{ edit: 409, delete: 409, send: 400, closeAudience: 'failed', pause: 409, resume: 409 },
    ...{ cancel: 409, retryFailed: 'sending', resolveUnknown: 'sent' },
  },
  cancelled: {
    ...{ edit: 409, delete: 409, send: 400, closeAudience: 'cancelled', pause: 409, resume: 409 },
    ...{ cancel: 409, retryFailed: 409, resolveUnknown: 409 },
  },
}

const statuses = Object.keys(promised) as CampaignStatus[]
const actions = Object.keys(calls) as CampaignAction[]

/** Statuses that the answer to a refusal names: those in which the promise is not a refusal. */
const allowing = (action: CampaignAction) => statuses.filter((status) => typeof promised[status][action] === 'string')

eachDatabase((database) => {
  const db = () => database().db
  let api: Api
  beforeEach(async () => {
    await emptyTables(db())
    api = openApi(db())
  })
  afterEach(() => expectInvariant(db()))
  const statusNow = async () => (await api.call('GET', '/campaigns/1')).json.status

  /** Campaign 1 comes into its status as any other does; one that ends has a message that failed and one in doubt. */
  async function bringTo(status: CampaignStatus): Promise<void> {
    const { queue, take, report, complete } = openDispatch(db())
    await addCustomers(db(), 3)
    await addCampaign(db(), status === 'scheduled' ? 3600 : undefined)
    if (status === 'draft') return
    await queue(1, [1, 2, 3])
    if (status === 'paused') await api.call('POST', '/campaigns/1/pause')
    if (status === 'cancelled') await api.call('POST', '/campaigns/1/cancel')
    if (status === 'sent' || status === 'failed') {
      const results = [outcome(1, 'failed'), outcome(2, 'unknown'), outcome(3, status)]
      await report(await take(), { results, startedUpto: '3', next: 'done' })
      await complete(1)
    }
    expect(await statusNow()).toBe(status)
  }

  const each = statuses.flatMap((status) =>
    actions.map((action) => [action, status, promised[status][action]] as const),
  )
  test.each(each)('%s while %s: %s', async (action, status, result) => {
    await bringTo(status)
    const [method, path, body] = calls[action]
    const answer = await api.call(method, `/campaigns/1${path}`, body)
    if (result === 'gone') {
      expect([answer.status, (await api.call('GET', '/campaigns/1')).status]).toEqual([204, 404])
    } else if (typeof result === 'string') {
      expect([answer.status, await statusNow()]).toEqual([200, result])
    } else {
      const { code, details } = answer.json.error
      expect([answer.status, await statusNow()]).toEqual([result, status])
      if (result === 400) expect(code).toBe('INVALID_CAMPAIGN_STATUS')
      else
        expect({ code, details }).toEqual({
          code: 'CAMPAIGN_STATUS_CONFLICT',
          details: { status, allowed: allowing(action) },
        })
    }
  })
})
