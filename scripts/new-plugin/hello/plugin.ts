/** Hello: greets people by name, forgets them after some days, and stores messages of campaigns instead of sending them. */
import { definePlugin, Elysia, errors, type Generated, ownTables, route, sql, t } from 'campaign-dispatch/plugin'

interface HelloTables {
  hello_greetings: { id: Generated<number>; name: string; greeted_at: Generated<Date> }
  hello_messages: { key: string; phone: string; text: string }
}

const greetDocs = route({
  scope: 'hello:write',
  tag: 'Hello',
  summary: 'Greet a person',
  description: 'Keeps the name for HELLO_KEEP_DAYS.',
  answers: [
    {
      status: 200,
      description: 'The greeting',
      schema: t.Object({ greeting: t.String() }, { title: 'Greeting' }),
      example: { greeting: 'Jambo, Wanjiku!' },
    },
  ],
  errors: [errors.INVALID_REQUEST],
  body: true,
})

const listDocs = route({
  scope: 'hello:read',
  tag: 'Hello',
  summary: 'List greeted people',
  description: 'Oldest first.',
  answers: [
    {
      status: 200,
      description: 'Names with the times of their greetings',
      schema: t.Object(
        { greetings: t.Array(t.Object({ name: t.String(), greeted_at: t.String({ format: 'date-time' }) })) },
        { title: 'Greetings' },
      ),
      example: { greetings: [{ name: 'Wanjiku', greeted_at: '2030-01-01T08:15:30.123Z' }] },
    },
  ],
})

export default definePlugin({
  name: 'hello',
  apiVersion: 1,
  // Permissions of the plugin; its operator allows them in GRANTS.
  needs: { tables: ['own'], clock: true },

  // Scopes that the routes require: a caller who lacks one gets 403.
  scopes: { 'hello:read': 'See who was greeted', 'hello:write': 'Greet people' },

  // HELLO_WORD and HELLO_KEEP_DAYS in the environment.
  config: t.Object({
    word: t.String({ default: 'Jambo', description: 'Word that people are greeted with' }),
    keepDays: t.Integer({
      default: 30,
      minimum: 1,
      maximum: 3650,
      description: 'Days after which a name is forgotten',
    }),
  }),

  migrations: ownTables<HelloTables>({
    '0001_init': {
      up: async (db) => {
        await db.schema
          .createTable('hello_greetings')
          .addColumn('id', 'integer', (column) => column.primaryKey().generatedAlwaysAsIdentity())
          .addColumn('name', 'text', (column) => column.notNull())
          .addColumn('greeted_at', 'timestamptz', (column) => column.notNull().defaultTo(sql`now()`))
          .execute()
        await db.schema
          .createTable('hello_messages')
          .addColumn('key', 'text', (column) => column.primaryKey())
          .addColumn('phone', 'text', (column) => column.notNull())
          .addColumn('text', 'text', (column) => column.notNull())
          .execute()
      },
    },
  }),

  routes: ({ db, config }) =>
    new Elysia()
      .post(
        '/hello',
        async ({ body }) => {
          await db.insertInto('hello_greetings').values({ name: body.name }).execute()
          return { greeting: `${config.word}, ${body.name}!` }
        },
        {
          parse: 'json',
          body: t.Object({ name: t.String({ minLength: 1, maxLength: 100, example: 'Wanjiku' }) }, { title: 'Hello' }),
          detail: greetDocs,
        },
      )
      .get(
        '/hello',
        async () => ({
          greetings: await db.selectFrom('hello_greetings').select(['name', 'greeted_at']).orderBy('id').execute(),
        }),
        { detail: listDocs },
      ),

  loops: ({ db, clock, config, log }) => ({
    forget: async (stop) => {
      while (!stop.aborted) {
        const { numDeletedRows } = await db
          .deleteFrom('hello_greetings')
          .where('greeted_at', '<', sql<Date>`now() - make_interval(days => ${config.keepDays})`)
          .executeTakeFirst()
        if (numDeletedRows > 0) log.info({ names: Number(numDeletedRows) }, 'forgot names')
        await clock.sleep(60_000, stop)
      }
    },
  }),

  // Selected by SMS_SENDER=hello. A real sender would need { net: ['api.example.org'] } and call net.fetch(...).
  senders: {
    hello: {
      channels: ['sms', 'whatsapp'],
      // A second call with the same key adds no row.
      idempotent: true,
      open: ({ db }) => ({
        timeoutMs: 10_000,
        send: (batch) =>
          Promise.all(
            batch.map(async ({ idempotencyKey: key, to: phone, text }) => {
              const row = { key, phone, text }
              await db
                .insertInto('hello_messages')
                .values(row)
                .onConflict((conflict) => conflict.doNothing())
                .execute()
              return { kind: 'accepted', id: key } as const
            }),
          ),
      }),
    },
  },
})
