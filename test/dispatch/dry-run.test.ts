/**
 * A dry run says what the send then does: on generated audiences, with skips of every kind, it is held against the messages
 * that a worker leaves behind.
 */
import { beforeEach, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { type Kysely, sql } from 'kysely'
import { SegmentedMessage } from 'sms-segments-calculator'
import { type Clock, systemClock } from '../../core/clock.ts'
import { choose } from '../../core/messaging/dry-run/chosen.ts'
import { countInSteps } from '../../core/messaging/dry-run/count-steps.ts'
import { countsOf, smallest } from '../../core/messaging/dry-run/groups.ts'
import { type DryRunOptions, openDryRunService } from '../../core/messaging/dry-run/service.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { slicesOf } from '../../core/messaging/segments/count.ts'
import { suppress } from '../../core/messaging/suppressions/suppress.ts'
import { countryOf } from '../../core/messaging/text/phone-country.ts'
import { capWritten } from '../support/capped.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { addCampaign, addCustomers, openDispatch, range } from '../support/dispatch.ts'
import { everyReason, lacks, type Person, refusesSome, type World, world } from '../support/dry-run-world.ts'
import { openSelections } from '../support/selections.ts'
import { workOff } from '../support/work-off.ts'

const onPolicyFailure = () => {}
const openRun = (db: Kysely<Database>, options: Partial<DryRunOptions> = {}) => {
  const { run } = openDryRunService(db, { clock: systemClock, ...options })
  return (campaignId: number, asked: { customerIds?: readonly number[]; spec?: object }) =>
    run({ campaignId, customerIds: [], language: 'en', onPolicyFailure, ...asked })
}

/** Rows of every table that a send writes to. */
async function snapshot(db: Kysely<Database>) {
  const tables = [
    'campaigns',
    'outbound_messages',
    'dispatch_chunks',
    'selections',
    'customers',
    'campaign_pace',
  ] as const
  return Promise.all(tables.map((table) => db.selectFrom(table).selectAll().orderBy(sql`1`).execute()))
}

const counted = <T>(all: readonly T[]) => {
  const counts = new Map<T, number>()
  for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1)
  return counts
}
/** As an answer has them: the most first. */
const inOrder = <T>(all: readonly T[]) =>
  [...counted(all)].sort(([a, more], [b, less]) => less - more || (String(a) < String(b) ? -1 : 1))

eachDatabase((database) => {
  const db = () => database().db
  beforeEach(() => emptyTables(db()))

  async function build({ people, campaign, before }: World): Promise<number> {
    await emptyTables(db())
    await db()
      .insertInto('attributes')
      .values([
        { name: 'points', type: 'number' },
        { name: 'due', type: 'date' },
      ])
      .execute()
    await db()
      .insertInto('customers')
      .values(
        people.map(({ attributes, suppression: _, written: __, ...one }) => ({
          ...one,
          attributes: sql`${attributes}::jsonb` as never,
        })),
      )
      .execute()
    await suppress(
      db(),
      people.flatMap(({ phone, suppression: reason }) =>
        reason ? [{ phone, reason, channel: 'all', source: 'api' }] : [],
      ),
    )
    await capWritten(
      db(),
      people.flatMap(({ phone, written }) => (written ? [phone] : [])),
    )
    const { expired, ...fields } = campaign
    const { id } = await db()
      .insertInto('campaigns')
      .values({ ...fields, expires_at: expired ? sql<Date>`now() - interval '1 hour'` : null } as never)
      .returning('id')
      .executeTakeFirstOrThrow()
    const earlier = people.flatMap((_, nth) => (before[nth] ? [nth + 1] : []))
    if (earlier.length > 0) await openDispatch(db()).queue(id, earlier)
    return id
  }

  const NAIROBI = { field: 'location', is: 'Nairobi' }
  function askedOf({ audience, named, people }: World) {
    const ids = people.flatMap((_, nth) => (named[nth] ? [nth + 1] : []))
    if (audience === 'everyone') return { spec: { everyone: true } }
    if (audience === 'Nairobi') return { spec: { rules: NAIROBI } }
    if (audience === 'all but Nairobi') return { spec: { everyone: true, exclude: { rules: NAIROBI } } }
    // Each twice: it counts once.
    return { customerIds: ids.length > 0 ? [...ids, ...ids] : [1] }
  }

  async function send(id: number, asked: ReturnType<typeof askedOf>) {
    const { enqueue, queueAll } = openSelections(db)
    if (asked.spec) {
      await enqueue().select({ campaignId: id, spec: asked.spec, requestId: null })
      await queueAll()
    } else await enqueue().queue({ campaignId: id, customerIds: asked.customerIds ?? [] })
    await workOff(db(), id, { policies: [refusesSome] })
  }

  const listMessages = (id: number, above: number) =>
    db()
      .selectFrom('outbound_messages')
      .select(['customer_id', 'status', 'last_error', 'rendered_content'])
      .where('campaign_id', '=', id)
      .where('id', '>', String(above))
      .execute()

  const kinds = new Set<string>()

  test('its figures are those of the send, on 50 generated audiences', async () => {
    const property = fc.asyncProperty(world, async (generated) => {
      const id = await build(generated)
      const asked = askedOf(generated)
      const before = await snapshot(db())
      const run = await openRun(db(), { policies: () => [refusesSome] })(id, asked)
      expect(await snapshot(db())).toEqual(before)
      const earlier = (before[1] ?? []).length
      await send(id, asked)
      const messages = await listMessages(id, earlier)
      const skipped = messages.filter(({ status }) => status === 'skipped').map(({ last_error }) => last_error)
      for (const code of skipped) kinds.add(code ?? '')
      const sent = messages.filter(({ status }) => status === 'sent')
      expect(messages.length).toBe(skipped.length + sent.length)
      expect(run).toMatchObject({
        recipients: messages.length,
        messages: sent.length,
        skips: inOrder(skipped).map(([code, recipients]) => ({ code, recipients })),
        deferred: 0,
        sample: { size: messages.length, of: messages.length, error: 0 },
      })
      const queued = messages.map(({ customer_id }) => generated.people[customer_id - 1] as Person)
      const missing = generated.fields.flatMap((field) => queued.flatMap((one) => (lacks(one, field) ? [field] : [])))
      expect(run.missing_values).toEqual(inOrder(missing).map(([field, recipients]) => ({ field, recipients })))
      const countries = sent.map(({ customer_id }) => countryOf(generated.people[customer_id - 1]?.phone ?? '') ?? null)
      const byCountry = new Map(run.cost.by_country.map(({ country, messages }) => [country, messages]))
      expect(byCountry).toEqual(counted(countries))
      if (generated.campaign.channel === 'sms')
        expectParts(
          run.parts,
          sent.map((one) => one.rendered_content ?? ''),
        )
      else expect(run.parts).toBeNull()
    })
    await fc.assert(property, { numRuns: 50, examples: everyReason.map((one) => [one]) })
    expect([...kinds].sort()).toEqual([
      'capped',
      'customer.erased',
      'expired',
      'message.empty',
      'policy.refused',
      'suppressed.complaint',
      'suppressed.invalid',
      'suppressed.manual',
      'suppressed.opt_out',
      'template.empty_value',
    ])
  }, 60_000)

  /** Another library counts the parts. */
  function expectParts(parts: Awaited<ReturnType<ReturnType<typeof openRun>>>['parts'], texts: readonly string[]) {
    if (texts.length === 0) return expect(parts).toBeNull()
    const judged = texts.map((text) => new SegmentedMessage(text))
    const counts = judged.map(({ segmentsCount }) => segmentsCount)
    const total = counts.reduce((sum, count) => sum + count, 0)
    const ucs2 = judged.filter(({ encodingName }) => encodingName === 'UCS-2').length
    expect(parts).toMatchObject({
      least: Math.min(...counts),
      most: Math.max(...counts),
      mean: Math.round((total / texts.length) * 10_000) / 10_000,
      total,
      ucs2_share: Math.round((ucs2 / texts.length) * 10_000) / 10_000,
    })
  }

  describe('of more recipients than the sample holds', () => {
    const COUNT = 3000
    async function addMany(): Promise<number> {
      await addCustomers(db(), COUNT)
      // A tenth is in Uganda, and a third has no name.
      await sql`update customers set phone = '+25677' || lpad(id::text, 7, '0') where id % 10 = 0`.execute(db())
      await sql`update customers set first_name = null where id % 3 = 0`.execute(db())
      const id = await addCampaign(db())
      await db().updateTable('campaigns').set({ base_template: '{first_name}' }).where('id', '=', id).execute()
      await openDispatch(db()).queue(id, range(1, 40))
      return id
    }

    test.each([
      ['selected', { spec: { everyone: true } }],
      ['named', { customerIds: range(1, COUNT) }],
    ])('who are %s, counts are exact and texts are estimated, by the same sample each time', async (_, asked) => {
      const id = await addMany()
      const run = await openRun(db(), { most: 500 })(id, asked)
      const of = COUNT - 40
      expect(run).toMatchObject({ recipients: of, already_recipients: 40, sample: { size: 500, of } })
      // 1.96 * sqrt(0.25 / 500 * 2460 / 2959)
      expect(run.sample.error).toBe(0.04)
      const [skip] = run.skips
      expect(skip?.code).toBe('message.empty')
      expect(Math.abs((skip?.recipients ?? 0) - of / 3)).toBeLessThan(of * run.sample.error)
      expect(run.messages).toBe(of - (skip?.recipients ?? 0))
      expect(run.missing_values).toEqual([{ field: 'first_name', recipients: skip?.recipients ?? 0 }])
      expect(await openRun(db(), { most: 500 })(id, asked)).toEqual(run)
    })

    test('steps of any length count the same and draw the same sample', async () => {
      const campaignId = await addMany()
      const chosen = await choose(db(), { customerIds: [], spec: { everyone: true } }, 0)
      const inSteps = async (size: number, options: { signal?: AbortSignal; clock?: Clock } = {}) => {
        const sliced = { ...chosen, slices: (within: Kysely<Database>) => slicesOf(within, size) }
        const { clock = systemClock, signal } = options
        const selected = { chosen: sliced, campaignId, caps: undefined, hasRecipients: true }
        const { groups, drawn } = await countInSteps(db(), selected, { most: 100, signal }, clock)
        const { recipients, already, byCountry } = countsOf(groups)
        return { recipients, already, byCountry, sample: smallest(drawn, 100) }
      }
      const atOnce = await inSteps(COUNT)
      expect(atOnce).toMatchObject({ recipients: COUNT - 40, already: 40 })
      expect(await inSteps(70)).toEqual(atOnce)
      const gone = inSteps(70, { signal: AbortSignal.abort() })
      await expect(gone).rejects.toMatchObject({ code: 'RULE_TOO_SLOW', message: expect.stringContaining('closed') })
      let turn = 0
      const late = inSteps(70, { clock: { ...systemClock, elapsed: () => turn++ * 30_000 } })
      await expect(late).rejects.toThrow('longer than 60 seconds, and 100 recipients were counted by then')
    })

    test('a country of which nobody is in the sample is named all the same', async () => {
      const id = await addMany()
      await sql`update customers set phone = '+12125550123', first_name = 'Ann' where id = 77`.execute(db())
      await sql`update customers set first_name = 'Ann'`.execute(db())
      const { cost, messages } = await openRun(db(), { most: 20 })(id, { spec: { everyone: true } })
      expect(messages).toBe(COUNT - 40)
      const found = cost.by_country.map((one) => [one.country, one.messages])
      expect(found).toEqual([
        ['KE', COUNT - 40 - 296 - 1],
        ['UG', 296],
        ['US', 1],
      ])
      expect(cost.unpriced).toEqual(['KE', 'UG', 'US'])
    })
  })
})
