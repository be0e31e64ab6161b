/** Domain events on both databases: what is recorded, and that each subscriber gets each event, in order, at least once. */
import { afterEach, beforeEach, expect, test } from 'bun:test'
import { sql } from 'kysely'
import { type Clock, systemClock } from '../../core/clock.ts'
import type { AnyGrant, AnyPlugin } from '../../core/host/plugin.ts'
import { type DeliveryOptions, openDelivery } from '../../core/messaging/events/deliver.ts'
import { openDeliveries } from '../../core/messaging/events/deliveries.ts'
import { listNext, subscribe } from '../../core/messaging/events/outbox.ts'
import { type DomainEvent, type EventHandlers, eventTypes } from '../../core/messaging/events/types.ts'
import { eachDatabase, emptyTables } from '../support/databases.ts'
import { addCampaign, addCustomers, leaveOpen, openDispatch, outcomes, startCampaign } from '../support/dispatch.ts'
import { inertResources } from '../support/inert.ts'
import { until } from '../support/server-process-wait.ts'

/** Sleeps a hundredth of what is asked for. */
const quick: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 100, signal) }

eachDatabase((database) => {
  const db = () => database().db
  const running: (() => Promise<void>)[] = []
  beforeEach(() => emptyTables(db()))
  afterEach(async () => {
    for (const end of running.splice(0)) await end()
  })

  function run(handlers: EventHandlers<string>, changes: Partial<DeliveryOptions<string>> = {}) {
    const { resources, lines } = inertResources()
    const stop = new AbortController()
    const kill = new AbortController()
    const options = { db: db(), subscriber: 'hello', granted: 'grant', owner: 'p1', clock: quick, log: resources.log }
    const ended = openDelivery({ ...options, handlers, ...changes })(stop.signal, kill.signal)
    const end = async () => {
      stop.abort()
      await ended
    }
    running.push(end)
    return { lines, kill, end }
  }

  function collect() {
    const events: DomainEvent[] = []
    const note = async (event: DomainEvent) => void events.push(event)
    const handlers: EventHandlers<string> = {
      'campaign.started': note,
      'campaign.paused': note,
      'campaign.completed': note,
    }
    return { events, handlers, types: () => events.map(({ type }) => type) }
  }

  const subscribed = () => subscribe(db(), { subscriber: 'hello', types: eventTypes, owner: 'p1', leaseSeconds: 30 })

  /** A campaign that is sent to customer 1. */
  async function begin() {
    await sql`insert into customers (phone) values ('+254712000001') on conflict do nothing`.execute(db())
    const { id } = await db().selectFrom('customers').select('id').limit(1).executeTakeFirstOrThrow()
    const campaignId = await addCampaign(db())
    const dispatch = openDispatch(db())
    await dispatch.queue(campaignId, [id])
    return { ...dispatch, campaignId }
  }

  /** All of its messages are sent, and it completes. */
  async function finish(campaignId: number) {
    const dispatch = openDispatch(db())
    const lease = await dispatch.take()
    const messages = await dispatch.read(lease)
    const results = outcomes(
      messages.map(({ id }) => id),
      'sent',
    )
    await dispatch.report(lease, { results, next: 'done' })
    expect(await dispatch.complete(campaignId)).toBe(true)
  }

  test('a campaign that starts, is paused, resumed and completes is told of in that order, with its figures', async () => {
    await subscribed()
    const { campaignId, control } = await startCampaign(db(), 3)
    await control(campaignId, 'pause')
    await control(campaignId, 'resume')
    await finish(campaignId)
    const { events, handlers, types } = collect()
    run(handlers)
    await until('all are delivered', () => events.length === 3)
    expect(types()).toEqual(['campaign.started', 'campaign.paused', 'campaign.completed'])
    const campaign = { id: campaignId, name: expect.any(String), channel: 'sms' }
    expect(events).toMatchObject([
      { attempt: 1, campaign: { ...campaign, status: 'sending' } },
      { attempt: 1, campaign: { ...campaign, status: 'paused', reason: null } },
      { attempt: 1, campaign: { ...campaign, status: 'sent', total: 3, sent: 3, failed: 0, skipped: 0, unknown: 0 } },
    ])
    expect(events.every(({ at }) => Math.abs(at.getTime() - Date.now()) < 600_000)).toBe(true)
  })

  test('what is rolled back was never recorded', async () => {
    await subscribed()
    const { campaignId } = await begin()
    const paused = db()
      .transaction()
      .execute(async (trx) => {
        await trx.updateTable('campaigns').set({ status: 'paused' }).where('id', '=', campaignId).execute()
        throw new Error('rolled back')
      })
    await expect(paused).rejects.toThrow('rolled back')
    expect((await listNext(db(), 'hello', 10)).map(({ type }) => type)).toEqual(['campaign.started'])
    expect(await countEvents()).toBe(1)
  })

  test('openDeliveries() makes a loop of each plugin that handles events, and refuses an event that does not exist', () => {
    const { clock, log } = inertResources().resources
    const options = { db: db(), owner: 'p', clock, log }
    const member = (on: object) => ({ plugin: { name: 'hello', needs: {}, on } as AnyPlugin, grant: {} as AnyGrant })
    expect(openDeliveries([member({}), member(collect().handlers)], options).map(({ loop }) => loop)).toEqual([
      'events',
    ])
    expect(() => openDeliveries([member({ 'campaign.complete': async () => {} })], options)).toThrow(
      'Plugin "hello" handles the event "campaign.complete", which does not exist: did you mean "campaign.completed"?',
    )
  })

  const countEvents = async () =>
    Number((await sql<{ n: string }>`select count(*) as n from events`.execute(db())).rows[0]?.n)

  test('nothing is recorded where nobody subscribed, or to other types only', async () => {
    await begin()
    await subscribe(db(), { subscriber: 'other', types: ['campaign.completed'], owner: 'p', leaseSeconds: 1 })
    const campaign = await addCampaign(db())
    await openDispatch(db()).queue(campaign, await addCustomers(db(), 1))
    expect(await countEvents()).toBe(0)
  })

  test('an audience that was left open names its reason', async () => {
    await subscribed()
    const { campaignId, pauseLeft } = await openAudience()
    await pauseLeft()
    const { events, handlers } = collect()
    run(handlers)
    await until('it is told of', () => events.length === 2)
    expect(events[1]).toMatchObject({ type: 'campaign.paused', campaign: { id: campaignId, reason: 'audience_open' } })
  })

  async function openAudience() {
    const { pauseLeftOpen } = await import('../../core/messaging/campaign/control.ts')
    const campaignId = await addCampaign(db())
    await openDispatch(db()).queue(campaignId, await addCustomers(db(), 1), true)
    await leaveOpen(db(), campaignId)
    return { campaignId, pauseLeft: () => pauseLeftOpen(db()) }
  }

  test('a handler that fails holds back the later events of its campaign, and no others', async () => {
    await subscribed()
    const first = await begin()
    await first.control(first.campaignId, 'pause')
    const second = await begin()
    const { events, handlers } = collect()
    let failing = true
    const fragile: EventHandlers<string> = {
      ...handlers,
      'campaign.started': async (event, granted) => {
        expect(granted).toBe('grant')
        if (failing && event.campaign.id === first.campaignId) throw new Error('not now')
        events.push(event)
      },
    }
    const { lines } = run(fragile)
    await until('the other campaign is told of', () => events.length === 1)
    expect(events[0]?.campaign.id).toBe(second.campaignId)
    await until('it was tried again', async () => {
      await sql`update events set due_at = now()`.execute(db())
      return lines.filter(({ level }) => level === 'error').length >= 2
    })
    failing = false
    await until('it is told of in order', async () => {
      await sql`update events set due_at = now()`.execute(db())
      return events.length === 3
    })
    expect(events.slice(1).map(({ type, campaign }) => [type, campaign.id])).toEqual([
      ['campaign.started', first.campaignId],
      ['campaign.paused', first.campaignId],
    ])
    expect(events[1]?.attempt).toBeGreaterThan(2)
    expect(await countEvents()).toBe(0)
  })

  test('a process that is gone before it said so: another one delivers the event again, once its lease is over', async () => {
    await subscribed()
    await begin()
    const seen: string[] = []
    const hanging = run(
      {
        'campaign.started': async ({ id }) => {
          seen.push(`first ${id}`)
          await new Promise(() => {})
        },
      },
      { owner: 'gone' },
    )
    await until('the first process has it', () => seen.length === 1)
    const heir = { 'campaign.started': async ({ id }: DomainEvent) => void seen.push(`second ${id}`) }
    run(heir, { owner: 'p2' })
    await Bun.sleep(50)
    expect(seen).toHaveLength(1)
    await sql`update event_subscribers set lease_until = now() - interval '1 second'`.execute(db())
    await until('the second process has it', () => seen.length === 2)
    expect(new Set(seen.map((line) => line.split(' ')[1])).size).toBe(1)
    hanging.kill.abort()
  })

  test('two processes deliver each event once between them, and a process that stops hands over at once', async () => {
    await subscribed()
    const first = collect()
    const second = collect()
    const one = run(first.handlers, { owner: 'one' })
    await begin()
    await until('the first delivers', () => first.events.length === 1)
    run(second.handlers, { owner: 'two' })
    await begin()
    await until('it is delivered', () => first.events.length + second.events.length === 2)
    await one.end()
    await begin()
    await until('the second delivers', () => second.events.length > 0)
    expect(first.events.length + second.events.length).toBe(3)
  })

  test('what failed for days is given up with a line in the log, and subscribers that nobody runs are removed', async () => {
    await subscribed()
    await subscribe(db(), { subscriber: 'retired', types: eventTypes, owner: 'p', leaseSeconds: 1 })
    await begin()
    await sql`update events set attempts = 3, due_at = now() + interval '1 hour', at = now() - interval '4 days'
      where subscriber = 'hello'`.execute(db())
    await sql`update event_subscribers set seen_at = now() - interval '8 days' where name = 'retired'`.execute(db())
    const { lines } = run(collect().handlers)
    await until('both are gone', async () => (await countEvents()) === 0)
    expect(lines.map(({ level, args }) => [level, args[0]])).toEqual([
      ['error', expect.objectContaining({ subscriber: 'hello', type: 'campaign.started' })],
      ['warn', { subscriber: 'retired' }],
    ])
  })
})
