import { Elysia } from 'elysia'
import { failpoint } from '../../core/failpoint.ts'
import { idOf } from '../../core/http/edge.ts'
import { paginated, readPage } from '../../core/http/page.ts'
import { viewWaiting } from '../../core/messaging/campaign/waiting.ts'
import type { Audience } from '../../core/messaging/enqueue/audience.ts'
import { requireCountry } from '../../core/messaging/settings.ts'
import { type CampaignView, type CampaignViews, openCampaignViews } from './campaign-views.ts'
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
import { exportRecipients, listRecipients } from './recipients.ts'
import {
  type CampaignChanges,
  campaignBody,
  campaignChanges,
  campaignPath,
  customerMessagesQuery,
  customerPath,
  exportQuery,
  type ListQuery,
  listQuery,
  messagesQuery,
  sendBody,
} from './schema.ts'
import { openSend, requireSome, type Send } from './send.ts'
import { deleteCampaign, getCampaign, insertCampaign, updateCampaign } from './store.ts'
import { viewCampaign, warned } from './view.ts'

export const campaignRoutes = ({ db, wakeUps, clock, log, config }: CampaignGrant) => {
  const country = requireCountry(config.country)
  const views = openCampaignViews(db, clock)
  const sending = openSend(db)
  const campaigns = new Elysia({ prefix: '/campaigns' })
    .post(
      '',
      async ({ body, status }) => {
        const row = await insertCampaign(db, body)
        return status(201, { ...viewCampaign(row), ...warned(row) })
      },
      { parse: 'json', body: campaignBody, detail: createDocs },
    )
    .get('', ({ query }) => listViews(views, query), { query: listQuery, detail: listDocs })
    .get('/:id', async ({ params }) => show(await views.get(Number(params.id))), {
      params: campaignPath,
      detail: showDocs,
    })
    .patch('/:id', ({ params, body }) => change({ db, wakeUps, views }, Number(params.id), body), {
      parse: 'json',
      params: campaignPath,
      body: campaignChanges,
      detail: changeDocs,
    })
    .delete('/:id', ({ params }) => remove(db, Number(params.id)), { params: campaignPath, detail: removeDocs })
    .post(
      '/:id/send',
      ({ params, body, request }) => {
        const { customer_ids: customerIds, more = false } = body
        const audience = { campaignId: Number(params.id), customerIds, more, requestId: idOf(request) }
        return send({ sending, wakeUps, log }, audience)
      },
      { parse: 'json', params: campaignPath, body: sendBody, detail: sendDocs },
    )
    .post(
      '/:id/close-audience',
      ({ params, request }) => close({ sending, wakeUps, log }, Number(params.id), idOf(request)),
      { params: campaignPath, detail: closeDocs },
    )
    .get(
      '/:id/messages',
      async ({ params, query }) => {
        const { id } = await getCampaign(db, Number(params.id))
        return listRecipients(db, { campaignId: id, country }, query)
      },
      { params: campaignPath, query: messagesQuery, detail: messagesDocs },
    )
    .get(
      '/:id/messages.csv',
      async ({ params, query }) => {
        const { id } = await getCampaign(db, Number(params.id))
        return exportRecipients(db, { campaignId: id, country }, query)
      },
      { params: campaignPath, query: exportQuery, detail: exportDocs },
    )
  // A route of customers that reads the tables of campaigns.
  const customers = new Elysia({ prefix: '/customers' }).get(
    '/:id/messages',
    ({ params, query }) => listCustomerMessages(db, Number(params.id), query),
    { params: customerPath, query: customerMessagesQuery, detail: customerMessagesDocs },
  )
  return new Elysia().use(campaigns).use(customers)
}

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

type Changing = Pick<CampaignGrant, 'db' | 'wakeUps'> & { readonly views: CampaignViews }

async function change({ db, wakeUps, views }: Changing, id: number, changes: CampaignChanges) {
  await updateCampaign(db, id, changes)
  if (changes.scheduled_at !== undefined) await wakeUps.notify('scheduled')
  return show(await views.get(id))
}

async function remove(db: CampaignGrant['db'], id: number): Promise<Response> {
  await deleteCampaign(db, id)
  return new Response(null, { status: 204 })
}

type Sending = Pick<CampaignGrant, 'wakeUps' | 'log'> & { readonly sending: Send }

async function send({ sending, wakeUps, log }: Sending, audience: Audience) {
  requireSome(audience.customerIds)
  const { queued, status, audienceOpen: audience_open } = await sending.queue(audience)
  const { campaignId: campaign, requestId: request_id } = audience
  log.info({ request_id, campaign, queued, status, audience_open }, 'Recipients queued')
  await failpoint('send.committed')
  // After the commit, or whoever wakes would see nothing.
  await wakeUps.notify(status === 'scheduled' ? 'scheduled' : 'ready')
  return { campaign_id: campaign, messages_queued: queued, status, audience_open }
}

async function close({ sending, wakeUps, log }: Sending, campaign: number, request_id: string) {
  const { status } = await sending.close(campaign)
  log.info({ request_id, campaign, status }, 'Audience closed')
  await wakeUps.notify(status === 'scheduled' ? 'scheduled' : 'ready')
  return { campaign_id: campaign, status, audience_open: false }
}
