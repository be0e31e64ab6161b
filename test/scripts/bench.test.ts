/** The bench measures what is there: the floor and this service, in small, on real servers. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readSql, readSqlFile } from '../../core/db/sql-file.ts'
import { type Environment, onceIn, openEnvironment } from '../../scripts/bench/environment.ts'
import { openNotebook } from '../../scripts/bench/figures.ts'
import { measureFloor } from '../../scripts/bench/floor.ts'
import { layouts } from '../../scripts/bench/keys.ts'
import { measureOurs } from '../../scripts/bench/ours.ts'
import { nameCampaign, runPartitions } from '../../scripts/bench/partitions.ts'
import { planOf } from '../../scripts/bench/plan.ts'
import { runReceipts } from '../../scripts/bench/receipts.ts'
import { renderAll } from '../../scripts/bench/render.ts'
import { defaultOf } from '../../scripts/bench/settings.ts'
import { makePeople } from '../../scripts/people.ts'
import { postgresAvailable } from '../support/postgres.ts'
import { rabbitmqAvailable } from '../support/rabbitmq.ts'

const LONG = 60_000
const RECIPIENTS = 1200

describe.skipIf(!postgresAvailable || !rabbitmqAvailable)('on servers', () => {
  let environment: Environment
  beforeAll(async () => {
    environment = await openEnvironment(RECIPIENTS)
  }, LONG)
  afterAll(() => environment?.dispose(), LONG)

  test(
    'the floor writes every outcome, with two sessions',
    async () => {
      expect(await measureFloor(environment, RECIPIENTS, 2)).toBeGreaterThan(0)
    },
    LONG,
  )

  test(
    'we send to every recipient, and the cost is told',
    async () => {
      const measured = await measureOurs(environment, { queue: 'rabbitmq', workers: 1, recipients: RECIPIENTS })
      expect(measured.failed).toBe(0)
      expect(measured.rate).toBeGreaterThan(0)
      expect(measured.usage.walBytes).toBeGreaterThan(RECIPIENTS * 100)
      expect(measured.usage.postgres).toBeGreaterThan(0)
      expect(measured.peaks.worker).toBeGreaterThan(10e6)
      expect(measured.hotShare).toBeGreaterThan(0)
    },
    LONG,
  )

  test(
    'a campaign is sent on one table and on partitions, and each step is timed',
    async () => {
      const { note, figures } = openNotebook()
      const partitions = { recipients: RECIPIENTS, earlier: 100, warmUp: 100, rounds: 1 }
      const plan = { ...planOf({ quick: true }), partitions }
      await runPartitions({ environment, plan, parts: new Set(['partitions']), note, say: () => {} })
      for (const layout of layouts)
        for (const key of ['enqueue', 'claim', 'read', 'report', 'complete', 'whole'])
          expect(figures()[`partitions.${layout}.${key}.elapsed`]?.median).toBeGreaterThan(0)
    },
    LONG,
  )

  test(
    'receipts are stored and folded, alone, over HTTP and beside a campaign',
    async () => {
      const { note, figures } = openNotebook()
      const plan = { ...planOf({ quick: true }), receipts: { recipients: RECIPIENTS } }
      await runReceipts({ environment, plan, parts: new Set(['receipts']), note, say: () => {} })
      for (const key of ['store.rate', 'fold.rate', 'fold.cpu', 'http.rate', 'beside.rate', 'beside.sent.rate'])
        expect(figures()[`receipts.${key}`]?.median).toBeGreaterThan(0)
    },
    LONG,
  )

  test(
    'more customers than are made up have phones and ids without a gap',
    async () => {
      const database = await environment.fresh(45_000)
      const [row] = await onceIn(
        database.url,
        (sql) => sql`select count(distinct phone)::int as phones, min(id) as first, max(id) as last from customers`,
      )
      await database.drop()
      expect(row).toEqual({ phones: 45_000, first: 1, last: 45_000 })
    },
    LONG,
  )
})

test('a statement for partitions compares the campaign of each message that it writes', () => {
  const { text } = readSql(readSqlFile(new URL('../../core/messaging/chunk/report.sql', import.meta.url)))
  expect(nameCampaign(text, 'pruned').split('where m.id = r.id and m.campaign_id = ($2::int[])[1] ')).toHaveLength(3)
  expect(nameCampaign(text, 'joined').split('where m.id = r.id and m.campaign_id = ($2::int[])[r.nth] ')).toHaveLength(
    3,
  )
  expect(nameCampaign('where m.campaign_id + 0 = $1::int', 'pruned')).toBe('where m.campaign_id = $1::int')
})

test('texts are rendered, as many as were asked for', () =>
  expect(renderAll(makePeople(10, 1), 1000)).toBeGreaterThan(0))

test('defaults are the product’s own', () => {
  expect(defaultOf('WORKER_MAX_ATTEMPTS')).toBe(3)
  expect(() => defaultOf('WORKER_WINDWO')).toThrow('There is no setting "WORKER_WINDWO"')
})
