/** Grants that the compiler must refuse. Each line under `@ts-expect-error` fails the type check if it ever compiles. */
import { Elysia, t } from 'elysia'
import type { Kysely } from 'kysely'
import { ownTables } from '../../core/host/migrations.ts'
import { definePlugin, type Grant } from '../../core/host/plugin.ts'
import type { Database } from '../../core/messaging/schema.ts'
import { defineSender, type Senders } from '../../core/messaging/senders/contract.ts'

const needs = { db: { read: ['customers'], write: ['campaigns', 'processes'] }, publish: true } as const
type Db = Grant<typeof needs>['db']

/** A store function takes no more than it needs, and the plugin's wider handle fits it. */
const readCampaigns = (db: Kysely<Pick<Database, 'campaigns'>>) => db.selectFrom('campaigns').selectAll().execute()
const readMessages = (db: Kysely<Pick<Database, 'outbound_messages'>>) =>
  db.selectFrom('outbound_messages').selectAll().execute()
const writeCustomers = (db: Kysely<Pick<Database, 'customers'>>) =>
  db.insertInto('customers').values({ phone: '+254' }).execute()

export const allowed = definePlugin({
  name: 'allowed',
  needs,
  config: t.Object({ pageSize: t.Integer({ default: 50 }) }),
  routes: ({ db, publish, config, log, process }) =>
    new Elysia({ prefix: '/allowed' }).get('/', async () => {
      await readCampaigns(db)
      await db.deleteFrom('campaigns').where('id', '=', 1).execute()
      await db.transaction().execute(async (trx) => {
        await trx.insertInto('campaigns').values({ name: '', channel: 'sms', base_template: '' }).execute()
        await trx.deleteFrom('campaigns').execute()
        await readCampaigns(trx.$pickTables<'campaigns'>())
      })
      await publish.publish([{ id: '1', group: config.pageSize, size: 1 }])
      log.info(process.id)
      const rows = await db
        .selectFrom('customers as c')
        .innerJoin('campaigns', 'campaigns.id', 'c.id')
        .select(['c.phone', 'campaigns.name'])
        .execute()
      const phones: string[] = rows.map((row) => row.phone)
      return phones
    }),
})

export const refusedDatabase = definePlugin({
  name: 'refuseddatabase',
  needs,
  loops: ({ db }) => ({
    // @ts-expect-error the table is not named
    table: async () => void (await db.selectFrom('outbound_messages').selectAll().execute()),
    // @ts-expect-error read only
    insert: async () => void (await db.insertInto('customers').values({ phone: 'x' }).execute()),
    // @ts-expect-error read only
    update: async () => void (await db.updateTable('customers').set({ phone: 'x' }).execute()),
    // @ts-expect-error read only
    delete: async () => void (await db.deleteFrom('customers').execute()),
    // @ts-expect-error read only, under another name
    alias: async () => void (await db.deleteFrom('customers as c').execute()),
    // @ts-expect-error read only, in a transaction too
    transaction: () => db.transaction().execute(async (trx) => void (await trx.deleteFrom('customers').execute())),
    // Behind a function it compiles: Kysely's handles fit by column names, not by types. The permit refuses it.
    store: async () => void (await writeCustomers(db)),
    // @ts-expect-error the table is not named, behind a function
    unnamed: async () => void (await readMessages(db)),
  }),
})

export const refusedHandles = definePlugin({
  name: 'refusedhandles',
  needs: { publish: true, consume: true, messaging: ['senders'], queue: true },
  loops: (grant) => ({
    // @ts-expect-error not named: db
    db: async () => void grant.db,
    // @ts-expect-error not named: clock
    clock: async () => void grant.clock,
    // @ts-expect-error not named: wakeUps
    wakeUps: async () => void grant.wakeUps,
    // @ts-expect-error not named: loops
    loops: async () => void grant.loops,
    // @ts-expect-error publishing is not taking
    take: (stop) => grant.publish.take(stop),
    // @ts-expect-error taking is not publishing
    publish: async () => void (await grant.consume.publish([])),
    // @ts-expect-error asking is not taking
    check: (stop) => grant.queue.take(stop),
    // @ts-expect-error the queue is not the plugin's to close
    close: () => grant.consume.close(),
    // @ts-expect-error nor are the senders
    senders: async () => void grant.messaging.senders.get('sms')?.close,
    assign: async () => {
      // @ts-expect-error nothing that is handed out can be replaced
      grant.process = { id: '', host: '', pid: 1, startedAt: 0 }
    },
  }),
})

export const refusedPublish = definePlugin({
  name: 'refusedpublish',
  needs: { consume: true },
  // @ts-expect-error not named: publish
  loops: ({ publish }) => ({ run: async () => void publish }),
})

export const contributes = definePlugin({
  name: 'contributes',
  needs: { clock: true },
  config: t.Object({ token: t.String() }),
  senders: {
    acme: defineSender({
      channels: ['sms'],
      idempotent: false,
      open: ({ config, clock }) => ({
        timeoutMs: clock.now(),
        send: async (batch) => batch.map(() => ({ kind: 'accepted', id: config.token })),
      }),
    }),
  },
  on: {
    'campaign.completed': async ({ campaign }, { clock }) => void (campaign.sent + clock.now()),
    // @ts-expect-error a campaign that is paused has no figures yet
    'campaign.paused': async ({ campaign }) => void campaign.sent,
    // @ts-expect-error not named: wakeUps
    'campaign.started': async (_, { wakeUps }) => void wakeUps,
  },
})

export const refusedServices = definePlugin({
  name: 'refusedservices',
  needs: { messaging: ['senders'] },
  loops: ({ messaging }) => ({
    // @ts-expect-error another part of the service
    work: async () => void messaging.work,
  }),
})

export const allowedServices = definePlugin({
  name: 'allowedservices',
  needs: { messaging: ['control', 'schedule'] },
  loops: ({ messaging }) => ({
    control: () => messaging.control.control(1, 'pause'),
    schedule: async () => {
      const { started, more } = await messaging.schedule.startDue()
      const ids: readonly number[] = more ? started : []
      return void ids
    },
    // @ts-expect-error a part holds nothing of another one
    claim: async () => void messaging.control.openLeases(),
    // @ts-expect-error no such action
    action: () => messaging.control.control(1, 'erase'),
    replace: async () => {
      // @ts-expect-error a part cannot be replaced
      messaging.control = undefined
    },
  }),
})

export const readsContacts = definePlugin({
  name: 'readscontacts',
  needs: { contacts: ['read'] },
  loops: ({ contacts }) => ({
    get: async () => void (await contacts.read.get(1)).phone,
    // @ts-expect-error the other part is not named
    write: () => contacts.write.delete(1),
    // @ts-expect-error reading is not writing
    delete: () => contacts.read.delete(1),
  }),
})

export const writesContacts = definePlugin({
  name: 'writescontacts',
  needs: { contacts: ['write'] },
  loops: ({ contacts }) => ({
    delete: () => contacts.write.delete(1),
    // @ts-expect-error writing is not reading
    read: async () => void (await contacts.write.get(1)),
  }),
})

export const writesCampaigns = definePlugin({
  name: 'writescampaigns',
  needs: { messaging: ['campaigns'] },
  loops: ({ messaging }) => ({
    insert: async () => void (await messaging.campaigns.insert({ name: '', channel: 'sms', base_template: '' })).id,
    // @ts-expect-error who may write campaigns may not send them
    send: () => messaging.enqueue.close(1),
    // @ts-expect-error nor see whom they went to
    list: () => messaging.recipients.readOfCustomer(1),
  }),
})

export const tablesOfServices = definePlugin({
  name: 'tablesofservices',
  needs: { messaging: ['control'] },
  loops: (grant) => ({
    // @ts-expect-error a service grants no tables
    db: async () => void grant.db,
    // @ts-expect-error nor does a part pass on the handle that it works with
    handle: async () => void grant.messaging.control.db,
  }),
})

export const unknownService = definePlugin({
  name: 'unknownservice',
  // @ts-expect-error there is no such service
  needs: { message: ['control'] },
})

export const unknownPart = definePlugin({
  name: 'unknownpart',
  // @ts-expect-error there is no such part
  needs: { messaging: ['sender'] },
})

export const unknownTable = definePlugin({
  name: 'unknowntable',
  // @ts-expect-error there is no such table
  needs: { db: { read: ['customer'] } },
})

/** A grant fits functions that take the whole contract. */
export const fits = (
  channels: Grant<{ messaging: readonly ['senders'] }>['messaging']['senders'],
  db: Db,
): [Senders, Kysely<Pick<Database, 'campaigns'>>] => [channels, db]

interface OwnTables {
  owner_notes: { id: number; note: string }
}

export const hasOwnTables = definePlugin({
  name: 'owner',
  needs: { tables: ['own'], db: { read: ['customers'] }, net: ['api.example.org'] },
  migrations: ownTables<OwnTables>({ '0001_init': { up: async () => {} } }),
  loops: ({ db, net }) => ({
    own: async () => {
      await db.insertInto('owner_notes').values({ id: 1, note: 'x' }).execute()
      await db.transaction().execute((trx) => trx.deleteFrom('owner_notes').execute())
      const rows = await db
        .selectFrom('owner_notes as n')
        .innerJoin('customers as c', 'c.id', 'n.id')
        .select(['note', 'phone'])
        .execute()
      await net.fetch('https://api.example.org/', { method: 'POST', body: rows.map(({ phone }) => phone).join() })
    },
    // @ts-expect-error another type than the column's
    type: async () => void (await db.insertInto('owner_notes').values({ id: 1, note: 2 }).execute()),
    // @ts-expect-error no table of its own
    unknown: async () => void (await db.selectFrom('owner_words').selectAll().execute()),
    // @ts-expect-error a table that is for reading
    readOnly: async () => void (await db.deleteFrom('customers').execute()),
    // @ts-expect-error a table that was not granted
    other: async () => void (await db.selectFrom('campaigns').selectAll().execute()),
  }),
  senders: {
    owner: {
      channels: ['sms'],
      idempotent: true,
      open: ({ db }) => ({
        timeoutMs: 1000,
        send: async () => {
          // @ts-expect-error a sender has the plugin's own tables, and no others
          await db.selectFrom('owner_words').selectAll().execute()
          return []
        },
      }),
    },
  },
})

export const ownTablesOnly = definePlugin({
  name: 'owner',
  needs: { tables: ['own'] },
  migrations: ownTables<OwnTables>({}),
  loops: ({ db }) => ({
    own: async () => void (await db.selectFrom('owner_notes').select('note').execute()),
    // @ts-expect-error no table of the product
    product: async () => void (await db.selectFrom('customers').selectAll().execute()),
  }),
})

export const withoutOwn = definePlugin({
  name: 'owner',
  needs: { clock: true },
  // @ts-expect-error not named: tables
  loops: ({ db }) => ({ run: async () => void db }),
})
