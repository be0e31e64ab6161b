/**
 * Messages that conditions look for, as rows with a customer each. Messages have no index by customer, which every message
 * would pay for: they are read by campaign, and within a range of customers where one is given.
 */
import {
  type Expression,
  type ExpressionBuilder,
  type Kysely,
  type SelectQueryBuilder,
  type SqlBool,
  sql,
} from 'kysely'
import type { Database } from '../schema.ts'
import { dayAfter } from './days.ts'
import type { Activity, Outcome } from './rule.ts'
import { startOf } from './test-sql.ts'

export type ActivityTables = Pick<Database, 'campaigns' | 'outbound_messages'>

/** Customers with ids above `after`, and up to `upTo`. */
export interface Range {
  readonly after?: number | Expression<number>
  readonly upTo?: number | Expression<number>
}

export interface ActivityOptions {
  readonly today: string
  readonly range: Range
}

type Rows = SelectQueryBuilder<ActivityTables, never, { customer_id: number }>

/** Customers to whom it happened, each once. */
export function activityRows(db: Kysely<ActivityTables>, activity: Activity, options: ActivityOptions): Rows {
  return activity.kind === 'campaign' ? ofCampaign(db, activity, options) : ofAll(db, activity, options)
}

type Messages = ExpressionBuilder<ActivityTables & { m: Database['outbound_messages'] }, 'm'>

/** A campaign has one message for each of its recipients. */
function ofCampaign(
  db: Kysely<ActivityTables>,
  { id, outcomes, withinDays }: Extract<Activity, { readonly kind: 'campaign' }>,
  { today, range }: ActivityOptions,
) {
  return db
    .selectFrom('outbound_messages as m')
    .select('m.customer_id')
    .where('m.campaign_id', '=', id)
    .where((eb) => inRange(eb, range))
    .$if(outcomes.length > 0, (query) => query.where((eb) => eb.or(outcomes.map((outcome) => hasOutcome(eb, outcome)))))
    .$if(withinDays !== undefined, (query) =>
      query.where(
        sql<SqlBool>`coalesce(m.updated_at, m.created_at) >= ${startOf(dayAfter(today, -(withinDays ?? 0)))}`,
      ),
    ) as unknown as Rows
}

function ofAll(
  db: Kysely<ActivityTables>,
  activity: Exclude<Activity, { readonly kind: 'campaign' }>,
  { today, range }: ActivityOptions,
) {
  const messages = db
    .selectFrom('campaigns as k')
    .innerJoin('outbound_messages as m', 'm.campaign_id', 'k.id')
    .select('m.customer_id')
    .where((eb) => inRange(eb as unknown as Messages, range))
    .groupBy('m.customer_id')
  if (activity.kind === 'written') return messages.where('m.status', 'in', ['sent', 'unknown']) as unknown as Rows
  const from = startOf(dayAfter(today, -activity.withinDays))
  const { channel } = activity
  return (
    messages
      .where('m.status', '=', 'sent')
      .where((eb) => eb.or([eb('m.delivery', 'is', null), eb('m.delivery', '<>', 'undelivered')]))
      .where('m.updated_at', '>=', from)
      // Results that were found out after a campaign was over happened before. So campaigns that were over earlier are left out.
      .where((eb) => eb.or([eb('k.completed_at', 'is', null), eb('k.completed_at', '>=', from)]))
      .$if(channel !== undefined, (query) => query.where('k.channel', '=', channel ?? 'sms')) as unknown as Rows
  )
}

const inRange = (eb: Messages, { after, upTo }: Range) =>
  eb.and([
    ...(after === undefined ? [] : [eb('m.customer_id', '>', after)]),
    ...(upTo === undefined ? [] : [eb('m.customer_id', '<=', upTo)]),
  ])

/** As campaigns count them: `read` is a part of `delivered`, and this a part of `sent`. */
function hasOutcome(eb: Messages, outcome: Outcome): Expression<SqlBool> {
  switch (outcome) {
    case 'awaiting':
      return eb.and([
        eb('m.status', '=', 'sent'),
        eb.or([eb('m.delivery', 'is', null), eb('m.delivery', '=', 'submitted')]),
      ])
    case 'delivered':
      return eb('m.delivery', 'in', ['delivered', 'read'])
    case 'undelivered':
    case 'read':
      return eb('m.delivery', '=', outcome)
    default:
      return eb('m.status', '=', outcome)
  }
}
