import { Elysia } from 'elysia'
import { failpoint } from '../../core/failpoint.ts'
import { idOf } from '../../core/http/edge.ts'
import { paginated, readPage } from '../../core/http/page.ts'
import type { CampaignChanges, CampaignView, CampaignViews } from '../../core/messaging/campaign/campaign-service.ts'
import { viewWaiting } from '../../core/messaging/campaign/waiting.ts'
import type { Audience } from '../../core/messaging/enqueue/enqueue.ts'
import { requireCountry } from '../../core/messaging/settings.ts'
import { listCustomerMessages } from './customer-messages.ts'
import {
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
import { requireSome } from './send.ts'
import { viewCampaign, warned } from './view.ts'

export const campaignRoutes = (grant: CampaignGrant) =>
  new Elysia().use(ownRoutes(grant)).use(audienceRoutes(grant)).use(recipientRoutes(grant)).use(customerRoutes(grant))

const ownRoutes = ({ messaging, wakeUps }: CampaignGrant) => {
  const { campaigns: kept } = messaging
  const views = kept.openViews()
  return new Elysia({ prefix: '/campaigns' })
    .post(
      '',
      async ({ body, status }) => {
        const row = await kept.insert(body)
        return status(201, { ...viewCampaign(row), ...warned(row) })
      },
      { parse: 'json', body: campaignBody, detail: createDocs },
    )
    .get('', ({ query }) => listViews(views, query), { query: listQuery, detail: listDocs })
    .get('/:id', async ({ params }) => show(await views.get(Number(params.id))), {
      params: campaignPath,
      detail: showDocs,
    })
    .patch('/:id', ({ params, body }) => change({ kept, wakeUps, views }, Number(params.id), body), {
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
      ({ params, body, request }) => {
        const { customer_ids: customerIds, more = false } = body
        const audience = { campaignId: Number(params.id), customerIds, more, requestId: idOf(request) }
        return send({ enqueue, wakeUps, log }, audience)
      },
      { parse: 'json', params: campaignPath, body: sendBody, detail: sendDocs },
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

const show = ({ stats, waiting, ...row }: CampaignView) => ({
  ...viewCampaign(row),
  ...warned(row),
  stats,
  waiting: viewWaiting(waiting),
})

async function listViews(views: CampaignViews, query: ListQuery) {
  const page = readPage(query)
  const { campaigns, count } = await views.list(page, query)
  return paginated(campaigns.map(show), page, { count })
}

type Kept = CampaignGrant['messaging']['campaigns']
type Changing = Pick<CampaignGrant, 'wakeUps'> & { readonly kept: Kept; readonly views: CampaignViews }

async function change({ kept, wakeUps, views }: Changing, id: number, changes: CampaignChanges) {
  await kept.update(id, changes)
  if (changes.scheduled_at !== undefined) await wakeUps.notify('scheduled')
  return show(await views.get(id))
}

async function remove(kept: Kept, id: number): Promise<Response> {
  await kept.delete(id)
  return new Response(null, { status: 204 })
}

type Sending = Pick<CampaignGrant, 'wakeUps' | 'log'> & Pick<CampaignGrant['messaging'], 'enqueue'>

async function send({ enqueue, wakeUps, log }: Sending, audience: Audience) {
  requireSome(audience.customerIds)
  const { queued, status, audienceOpen: audience_open } = await enqueue.queue(audience)
  const { campaignId: campaign, requestId: request_id } = audience
  log.info({ request_id, campaign, queued, status, audience_open }, 'Recipients queued')
  await failpoint('send.committed')
  // After the commit, or whoever wakes would see nothing.
  await wakeUps.notify(status === 'scheduled' ? 'scheduled' : 'ready')
  return { campaign_id: campaign, messages_queued: queued, status, audience_open }
}

async function close({ enqueue, wakeUps, log }: Sending, campaign: number, request_id: string) {
  const { status } = await enqueue.close(campaign)
  log.info({ request_id, campaign, status }, 'Audience closed')
  await wakeUps.notify(status === 'scheduled' ? 'scheduled' : 'ready')
  return { campaign_id: campaign, status, audience_open: false }
}
