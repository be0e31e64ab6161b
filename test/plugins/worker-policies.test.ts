/** Policies that plugins contribute: send, skip or defer, asked just before a message is started. */
import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { systemClock } from '../../core/clock.ts'
import type { AnyGrant, AnyPlugin } from '../../core/host/plugin.ts'
import { CONSENT_SHIFT, consentBits } from '../../core/messaging/consents/flags.ts'
import { type Decision, FAILED_POLICY_MS, type Policy, policiesOf } from '../../core/messaging/policy/policy.ts'
import { accepted, openScript, type Script } from '../support/chunk.ts'

const SEND: Decision = { kind: 'send' }
const answer: NonNullable<Script['answer']> = async ({ message }) => accepted(message.id)
const policy = (decide: Policy['decide'], name = 'test'): Policy => ({ name, decide })

async function work(size: number, policies: readonly Policy[], script: Script = {}) {
  const opened = openScript(size, { ...script, job: { ...script.job, policies }, answer })
  await opened.ended
  return { ...opened, byId: new Map(opened.results().map((result) => [result.id, result])) }
}

describe('a policy', () => {
  test('sees the message with its text, its phone and its campaign', async () => {
    const seen: unknown[] = []
    await work(1, [
      policy((candidate) => {
        seen.push({ ...candidate, text: candidate.text() })
        return SEND
      }),
    ])
    expect(seen).toEqual([
      {
        messageId: '1',
        campaignId: 1,
        channel: 'sms',
        phone: expect.stringMatching(/^\+254/),
        suppression: null,
        refusedConsent: null,
        expired: false,
        text: expect.stringMatching(/^Hi /),
        template: expect.any(Function),
      },
    ])
  })

  test('that skips ends the message with its code, and no call is made', async () => {
    const { byId, ids } = await work(3, [
      policy(({ messageId }) => (messageId === '2' ? { kind: 'skip', code: 'policy.refused' } : SEND)),
    ])
    expect(ids()).toEqual(['1', '3'])
    expect(byId.get('2')).toMatchObject({ status: 'skipped', code: 'policy.refused', attempts: 0 })
  })

  test('that defers puts the message off at no cost, and the others go on', async () => {
    const { byId, ids } = await work(3, [
      policy(({ messageId }) => (messageId === '2' ? { kind: 'defer', ms: 90_000 } : SEND)),
    ])
    expect(ids()).toEqual(['1', '3'])
    expect(byId.get('2')).toMatchObject({ status: 'pending', code: null, attempts: 0, delayMs: 90_000 })
  })

  test('that throws puts its messages off and says so: nobody is written to unasked, nobody is given up', async () => {
    const failures: string[] = []
    const { byId, ids } = await work(
      2,
      [
        policy(() => {
          throw new Error('broken')
        }, 'fragile'),
      ],
      { job: { onPolicyFailure: ({ name }, error) => void failures.push(`${name}: ${(error as Error).message}`) } },
    )
    expect(ids()).toEqual([])
    expect([...byId.values()].map(({ status, delayMs }) => [status, delayMs])).toEqual([
      ['pending', FAILED_POLICY_MS],
      ['pending', FAILED_POLICY_MS],
    ])
    expect(failures).toEqual(['fragile: broken', 'fragile: broken'])
  })

  test('that gives a message little time has it asked again where its permit comes too late', async () => {
    const hurried = policy(() => ({ kind: 'send', withinMs: 100 }))
    let passed = 0
    const clock = { ...systemClock, elapsed: () => passed }
    const opened = openScript(3, {
      job: { policies: [hurried], clock },
      answer,
      permit: () => {
        passed += 100
        return {}
      },
    })
    await opened.ended
    expect(opened.ids()).toEqual([])
    expect(opened.last()).toMatchObject({ next: 'release', results: [] })
    const { ids } = await work(3, [hurried])
    expect(ids()).toEqual(['1', '2', '3'])
  })

  test('for which all messages wait until a moment has the chunk put off, and nothing is written for each', async () => {
    const until = 1_900_000_000_000
    const { reports, ids } = await work(20, [
      policy(({ messageId }) => ({ kind: 'defer', ms: 1000, until: messageId === '7' ? until : until + 60_000 })),
    ])
    expect(ids()).toEqual([])
    expect(reports).toEqual([{ results: [], startedUpto: '0', inFlight: 0, wanted: [], next: 'release', until }])
  })

  test('that others replace meanwhile has the rest of the chunk given back', async () => {
    let outdated = false
    const opened = openScript(20, {
      job: { isOutdated: () => outdated },
      answer,
      permit: () => {
        outdated = true
        return {}
      },
    })
    await opened.ended
    expect(opened.ids().length).toBe(8)
    expect(opened.last()).toMatchObject({ next: 'release' })
  })

  test('is not asked about an expired, deleted or empty message: those are decided before', async () => {
    const asked = policy(() => expect.unreachable('not to be asked'))
    const expired = await work(1, [asked], { job: { expired: () => true } })
    expect(expired.byId.get('1')).toMatchObject({ status: 'skipped', code: 'expired' })
    const deleted = await work(1, [asked], { customers: { 1: { phone: null } } })
    expect(deleted.byId.get('1')).toMatchObject({ status: 'skipped', code: 'customer.deleted' })
    const empty = await work(1, [asked], { job: { render: () => ' ' } })
    expect(empty.byId.get('1')).toMatchObject({ status: 'skipped', code: 'message.empty' })
  })

  test('has the last word: the reasons before it come in one order, whichever of them hold', async () => {
    const asked = policy(() => ({ kind: 'skip', code: 'policy.refused' }))
    const withdrawn = consentBits('sms', 'withdrawn') << CONSENT_SHIFT
    const bits = { erased: 16, optOut: 1, complaint: 2, manual: 8, withdrawn, missing: 1, invalid: 4 }
    const holds = { deleted: true, ...bits, expired: true, empty: true }
    const codes: unknown[] = []
    // Each reason in turn is taken away, and the next one shows.
    for (const reason of [undefined, ...(Object.keys(holds) as (keyof typeof holds)[])]) {
      if (reason) Object.assign(holds, { [reason]: 0 })
      const suppressed = holds.erased | holds.optOut | holds.complaint | holds.manual | holds.invalid
      const customer = { flags: suppressed | holds.withdrawn, ...(holds.deleted && { phone: null }) }
      const { byId } = await work(1, [asked], {
        customers: { 1: customer },
        job: {
          expired: () => Boolean(holds.expired),
          needsConsent: Boolean(holds.missing),
          ...(holds.empty && { render: () => ' ' }),
        },
      })
      codes.push(byId.get('1')?.code)
    }
    expect(codes).toEqual([
      'customer.deleted',
      'customer.erased',
      'suppressed.opt_out',
      'suppressed.complaint',
      'suppressed.manual',
      'consent.withdrawn',
      'consent.missing',
      'suppressed.invalid',
      'expired',
      'message.empty',
      'policy.refused',
    ])
  })

  test('that skips a message in doubt does not call it skipped: it may have been sent', async () => {
    const { byId } = await work(1, [policy(() => ({ kind: 'skip', code: 'policy.refused' }))], { startedUpto: '1' })
    expect(byId.get('1')).toMatchObject({ status: 'unknown', code: 'lease.lost' })
  })
})

test('the first policy that does not say send decides, whatever there are, and every message has one result', async () => {
  const decisions = fc.constantFrom<Decision>(
    SEND,
    { kind: 'skip', code: 'policy.refused' },
    { kind: 'defer', ms: 5000 },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(decisions, { minLength: 20, maxLength: 20 }), { maxLength: 4 }),
      async (table) => {
        const policies = table.map((row) => policy(({ messageId }) => row[Number(messageId) - 1] ?? SEND))
        const { results, ids } = await work(20, policies)
        expect(
          results()
            .map(({ id }) => Number(id))
            .toSorted((a, b) => a - b),
        ).toEqual(Array.from({ length: 20 }, (_, at) => at + 1))
        for (const { id, status } of results()) {
          const first = table.map((row) => row[Number(id) - 1]).find((decision) => decision?.kind !== 'send')
          expect(status).toBe(first === undefined ? 'sent' : first.kind === 'skip' ? 'skipped' : 'pending')
          expect(ids().includes(id)).toBe(first === undefined)
        }
      },
    ),
    { numRuns: 40 },
  )
})

test('policiesOf() takes the policies of every plugin, each built from its grant', () => {
  const built = (name: string) => ({ name, decide: () => SEND })
  const plugins = [
    { name: 'a', needs: {}, policies: (grant: { who: string }) => [built(grant.who)] },
    { name: 'b', needs: {} },
  ] as unknown as AnyPlugin[]
  const members = plugins.map((plugin) => ({
    plugin,
    grant: { who: `granted to ${plugin.name}` } as unknown as AnyGrant,
  }))
  expect(policiesOf(members).map(({ name }) => name)).toEqual(['granted to a'])
})
