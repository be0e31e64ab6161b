/** Campaigns by the consents of their recipients: what a worker sends and skips, also while people withdraw. */
import { beforeEach, expect, test } from 'bun:test'
import { type Kysely, sql } from 'kysely'
import { systemClock } from '../../core/clock.ts'
import { CONSENT_SHIFT } from '../../core/messaging/consents/flags.ts'
import { type NewConsent, recordConsent, recordOfMany } from '../../core/messaging/consents/record.ts'
import { setConsentRule } from '../../core/messaging/consents/rule.ts'
import type { ConsentStatus } from '../../core/messaging/consents/tables.ts'
import { deleteCustomer } from '../../core/messaging/contacts/customers.ts'
import { openDryRunService } from '../../core/messaging/dry-run/service.ts'
import type { Database } from '../../core/messaging/schema.ts'
import type { OutboundMessage, Outcome } from '../../core/messaging/senders/contract.ts'
import { openRecent } from '../../core/messaging/suppressions/recent.ts'
import { suppress } from '../../core/messaging/suppressions/suppress.ts'
import { emptyTables } from '../support/databases.ts'
import { addCampaign, addCustomers, openDispatch, range, startCampaign } from '../support/dispatch.ts'
import { eachDispatch } from '../support/dispatch-databases.ts'
import { sendersByChannel } from '../support/senders.ts'
import { workOff } from '../support/work-off.ts'

const PEOPLE = 200
const WINDOW = 8
const phoneOf = (id: number) => `+2547${String(id).padStart(8, '0')}`
const consent = (status: ConsentStatus, more: Partial<NewConsent> = {}): NewConsent => ({
  channel: 'all',
  status,
  method: 'api',
  actor: 'local',
  ...more,
})
/** Works a campaign off. @param each called with the ids of the messages that were sent, after each */
async function send(db: Kysely<Database>, campaign: number, each: (sent: number[]) => Promise<void> = async () => {}) {
  const sent: number[] = []
  const sendOne = async ({ messageId }: OutboundMessage): Promise<Outcome> => {
    sent.push(Number(messageId))
    await each(sent)
    return { kind: 'accepted', id: `p-${messageId}` }
  }
  await workOff(db, campaign, { senders: sendersByChannel(() => ({ sendOne })), window: WINDOW })
  return sent
}

/** Skips of a campaign by their codes, as a dry run lists them. */
async function skipsOf(db: Kysely<Database>, campaign: number): Promise<Record<string, number>> {
  const rows = await db
    .selectFrom('outbound_messages')
    .select(['last_error', sql<number>`count(*)::integer`.as('count')])
    .where('campaign_id', '=', campaign)
    .where('status', '=', 'skipped')
    .groupBy('last_error')
    .execute()
  return Object.fromEntries(rows.map(({ last_error, count }) => [last_error, count]))
}

eachDispatch((db) => {
  beforeEach(() => emptyTables(db()))

  test('CONSENT is one value for all processes: the last that is set, and none changes nothing', async () => {
    expect(await setConsentRule(db(), 'assumed')).toBe(false)
    expect(await setConsentRule(db(), 'required')).toBe(true)
    expect(await setConsentRule(db(), 'required')).toBe(false)
    const { take } = await startCampaign(db(), 1)
    expect(await take()).toMatchObject({ consent_required: true })
    expect(await setConsentRule(db(), 'assumed')).toBe(true)
  })

  const suppressed = { 'suppressed.opt_out': 2, 'suppressed.invalid': 1 }
  test.each([
    ['assumed', 'marketing', { ...suppressed, 'consent.withdrawn': 1 }],
    ['required', 'marketing', { ...suppressed, 'consent.withdrawn': 1, 'consent.missing': 3 }],
    ['required', 'service', suppressed],
  ] as const)('CONSENT=%s, campaign for %s: the worker skips what the dry run says', async (rule, purpose, skips) => {
    await setConsentRule(db(), rule)
    const ids = await addCustomers(db(), 8)
    for (const id of [1, 2, 5]) await recordConsent(db(), id, consent('given', { channel: 'sms' }))
    for (const id of [2, 3]) await recordConsent(db(), id, consent('withdrawn'))
    // On another channel: it says nothing of this one.
    await recordConsent(db(), 4, consent('given', { channel: 'whatsapp' }))
    const reasons = { 3: 'opt_out', 5: 'invalid', 6: 'opt_out' } as const
    await suppress(
      db(),
      Object.entries(reasons).map(
        ([id, reason]) => ({ phone: phoneOf(Number(id)), channel: 'all', source: 'api', reason }) as const,
      ),
    )
    const campaign = await addCampaign(db())
    await db().updateTable('campaigns').set({ purpose }).where('id', '=', campaign).execute()
    const dryRun = await openDryRunService(db(), { clock: systemClock }).run({
      campaignId: campaign,
      customerIds: ids,
      language: 'en',
      onPolicyFailure: () => {},
    })
    await openDispatch(db()).queue(campaign, ids)
    const sent = await send(db(), campaign)
    expect<object>(await skipsOf(db(), campaign)).toEqual(skips)
    expect<object>(
      Object.fromEntries(dryRun.skips.map(({ code, recipients }) => [code as string, recipients])),
    ).toEqual(skips)
    expect(dryRun.messages).toBe(sent.length)
  })

  test('race 38: a report permits nothing that was picked before the latest withdrawal, and says so', async () => {
    const { take, report } = await startCampaign(db(), 5)
    const lease = await take()
    const watch = await openRecent(db())()
    const ask = (known: string) => report(lease, { wanted: [1, 2], known })
    const picked = watch.known()
    // A consent that is given stops nobody.
    await recordConsent(db(), 1, consent('given'))
    expect(await ask(picked)).toMatchObject({ permits: 2, stale: false })
    await recordConsent(db(), 2, consent('withdrawn', { channel: 'sms' }))
    await recordConsent(db(), 3, consent('given'))
    await recordConsent(db(), 3, consent('withdrawn', { capturedAt: new Date(0) }))
    expect(await ask(picked)).toMatchObject({ permits: 0, stale: true })
    await deleteCustomer(db(), 2)
    await watch.refresh()
    // The older withdrawal of the third is overruled already.
    expect([1, 2, 3].map((id) => watch.flagsOf(phoneOf(id)))).toEqual([0, 2 << CONSENT_SHIFT, 0])
    expect(await ask(watch.known())).toMatchObject({ permits: 2, stale: false })
    watch.end()
  })

  test('race 38: people who withdraw in the middle of a chunk are skipped from the next window on', async () => {
    const { campaignId } = await startCampaign(db(), PEOPLE)
    const even = range(1, PEOPLE).filter((id) => id % 2 === 0)
    let withdrawn: Promise<unknown> | undefined
    let after = Number.POSITIVE_INFINITY
    const sent = await send(db(), campaignId, async (ids) => {
      if (ids.length !== 20) return
      withdrawn = recordOfMany(db(), even.map(phoneOf), consent('withdrawn', { channel: 'sms' }))
      await withdrawn
      after = ids.length
    })
    expect(sent.slice(after).filter((id) => id % 2 === 0).length).toBeLessThanOrEqual(WINDOW)
    const skipped = even.length - sent.filter((id) => id % 2 === 0).length
    expect(skipped).toBeGreaterThan(even.length / 2)
    expect(await skipsOf(db(), campaignId)).toEqual({ 'consent.withdrawn': skipped })
  }, 60_000)
})
