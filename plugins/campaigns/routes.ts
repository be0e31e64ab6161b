import { Elysia } from 'elysia'
import { failpoint } from '../../core/failpoint.ts'
import { idOf } from '../../core/http/edge.ts'
import { paginated, readPage } from '../../core/http/page.ts'
import { isoTime } from '../../core/http/time.ts'
import type { CampaignChanges, CampaignView, CampaignViews } from '../../core/messaging/campaign/campaign-service.ts'
import { viewWaiting } from '../../core/messaging/campaign/waiting.ts'
import type { AttributeTypes } from '../../core/messaging/contacts/attributes.ts'
import type { Audience, SelectedAudience } from '../../core/messaging/enqueue/enqueue.ts'
import { requireCountry } from '../../core/messaging/settings.ts'
import { listCustomerMessages } from './customer-messages.ts'
import {
  audiencesDocs,
  changeDocs,
  closeDocs,
  createDocs,
  customerMessagesDocs,
  exportDocs,
  listDocs,
  messagesDocs,
  removeDocs,
  sendDocs,
  showDocs,
} from './docs.ts'
import { dryRunRoute } from './dry-run.ts'
import type { CampaignGrant } from './grant.ts'
import { campaignBody, campaignChanges } from './input.ts'
import { exportRecipients, listRecipients } from './recipients.ts'
import {
  campaignPath,
  customerMessagesQuery,
  customerPath,
  exportQuery,
  type ListQuery,
  listQuery,
  messagesQuery,
  sendBody,
} from './schema.ts'
import { readSend } from './send.ts'
import { withTexts } from './texts.ts'
import { attributesFor, hasReceipts, viewCampaign, viewSelection, warned } from './view.ts'

export const campaignRoutes = (grant: CampaignGrant) =>
  new Elysia()
    .use(ownRoutes(grant))
    .use(audienceRoutes(grant))
    .use(dryRunRoute(grant))
    .use(recipientRoutes(grant))
    .use(customerRoutes(grant))

const ownRoutes = ({ messaging, wakeUps, config }: CampaignGrant) => {
  const { campaigns: kept, senders } = messaging
  const views = kept.openViews()
  const show: Show = async (shown) => {
    const attributes = await attributesFor(shown, kept.findAttributes)
    return shown.map((view) => ({
      ...showView(view, attributes),
      receipts: hasReceipts(view, senders, config.publicUrl),
    }))
  }
  return new Elysia({ prefix: '/campaigns' })
    .post(
      '',
      async ({ body, status }) => {
        const row = await kept.insert(withTexts(body))
        const attributes = await attributesFor([row], kept.findAttributes)
        return status(201, { ...viewCampaign(row), ...warned(row, attributes) })
      },
      { parse: 'json', body: campaignBody, detail: createDocs },
    )
    .get('', ({ query }) => listViews({ views, show }, query), { query: listQuery, detail: listDocs })
    .get('/:id', ({ params }) => showOne({ views, show }, Number(params.id)), {
      params: campaignPath,
      detail: showDocs,
    })
    .patch('/:id', ({ params, body }) => change({ kept, wakeUps, views, show }, Number(params.id), withTexts(body)), {
      parse: 'json',
      params: campaignPath,
      body: campaignChanges,
      detail: changeDocs,
    })
    .delete('/:id', ({ params }) => remove(kept, Number(params.id)), { params: campaignPath, detail: removeDocs })
}

const audienceRoutes = ({ messaging: { enqueue }, wakeUps, log }: CampaignGrant) =>
  new Elysia({ prefix: '/campaigns' })
    .post(
      '/:id/send',
      async ({ params, body, request, status }) => {
        const { customerIds, spec, ...asked } = readSend(body)
        const given = { ...asked, campaignId: Number(params.id), requestId: idOf(request) }
        if (spec) return status(202, await select({ enqueue, wakeUps, log }, { ...given, spec }))
        return send({ enqueue, wakeUps, log }, { ...given, customerIds })
      },
      { parse: 'json', params: campaignPath, body: sendBody, detail: sendDocs },
    )
    .get(
      '/:id/audiences',
      async ({ params }) => ({ data: (await enqueue.listSelections(Number(params.id))).map(viewSelection) }),
      { params: campaignPath, detail: audiencesDocs },
    )
    .post(
      '/:id/close-audience',
      ({ params, request }) => close({ enqueue, wakeUps, log }, Number(params.id), idOf(request)),
      { params: campaignPath, detail: closeDocs },
    )

const recipientRoutes = ({ messaging, config }: CampaignGrant) => {
  const country = requireCountry(config.country)
  const { campaigns: kept, recipients } = messaging
  return new Elysia({ prefix: '/campaigns' })
    .get(
      '/:id/messages',
      async ({ params, query }) => {
        const { id } = await kept.get(Number(params.id))
        return listRecipients(recipients, { campaignId: id, country }, query)
      },
      { params: campaignPath, query: messagesQuery, detail: messagesDocs },
    )
    .get(
      '/:id/messages.csv',
      async ({ params, query }) => {
        const { id } = await kept.get(Number(params.id))
        return exportRecipients(recipients, { campaignId: id, country }, query)
      },
      { params: campaignPath, query: exportQuery, detail: exportDocs },
    )
}

/** A route of customers that reads the tables of campaigns. */
const customerRoutes = ({ messaging: { recipients } }: CampaignGrant) =>
  new Elysia({ prefix: '/customers' }).get(
    '/:id/messages',
    ({ params, query }) => listCustomerMessages(recipients, Number(params.id), query),
    { params: customerPath, query: customerMessagesQuery, detail: customerMessagesDocs },
  )

const showView = (
  { stats, queueing, deferred, deferred_until, waiting, ...row }: CampaignView,
  attributes: AttributeTypes,
) => ({
  ...viewCampaign(row),
  ...warned(row, attributes),
  queueing,
  stats,
  deferred,
  deferred_until: isoTime(deferred_until),
  waiting: viewWaiting(waiting),
})

type Shown = ReturnType<typeof showView> & { readonly receipts: boolean }
type Show = (views: readonly CampaignView[]) => Promise<Shown[]>

interface Showing {
  readonly views: CampaignViews
  readonly show: Show
}

async function showOne({ views, show }: Showing, id: number): Promise<Shown> {
  const view = await views.get(id)
  const [shown] = await show([view])
  if (!shown) throw new Error(`Cannot show campaign ${id}`)
  return shown
}

async function listViews({ views, show }: Showing, query: ListQuery) {
  const page = readPage(query)
  const { campaigns, count } = await views.list(page, query)
  return paginated(await show(campaigns), page, { count })
}

type Kept = CampaignGrant['messaging']['campaigns']
type Changing = Pick<CampaignGrant, 'wakeUps'> & Showing & { readonly kept: Kept }

async function change({ kept, wakeUps, views, show }: Changing, id: number, changes: CampaignChanges) {
  await kept.update(id, changes)
  if (changes.scheduled_at !== undefined) await wakeUps.notify('scheduled')
  return showOne({ views, show }, id)
}

async function remove(kept: Kept, id: number): Promise<Response> {
  await kept.delete(id)
  return new Response(null, { status: 204 })
}

type Sending = Pick<CampaignGrant, 'wakeUps' | 'log'> & Pick<CampaignGrant['messaging'], 'enqueue'>

async function select({ enqueue, wakeUps, log }: Sending, audience: Omit<SelectedAudience, 'now'>) {
  const { queued, status, audienceOpen: audience_open } = await enqueue.select(audience)
  const { campaignId: campaign, requestId: request_id } = audience
  log.info({ request_id, campaign, status }, 'Audience given')
  await failpoint('send.committed')
  await wakeUps.notify('audience')
  if (status === 'scheduled') await wakeUps.notify('scheduled')
  return { campaign_id: campaign, messages_queued: queued, status, audience_open, queueing: true }
}

async function send({ enqueue, wakeUps, log }: Sending, audience: Audience) {
  const { queued, status, audienceOpen: audience_open } = await enqueue.queue(audience)
  const { campaignId: campaign, requestId: request_id } = audience
  log.info({ request_id, campaign, queued, status, audience_open }, 'Recipients queued')
  await failpoint('send.committed')
  // After the commit, or whoever wakes would see nothing.
  await wakeUps.notify(status === 'scheduled' ? 'scheduled' : 'ready')
  return { campaign_id: campaign, messages_queued: queued, status, audience_open }
}

async function close({ enqueue, wakeUps, log }: Sending, campaign: number, request_id: string) {
  const { status, audienceOpen: audience_open } = await enqueue.close(campaign)
  log.info({ request_id, campaign, status }, 'Audience closed')
  await wakeUps.notify(status === 'scheduled' ? 'scheduled' : 'ready')
  return { campaign_id: campaign, status, audience_open }
}
