import { Elysia } from 'elysia'
import { untilDone } from '../../core/db/retry.ts'
import { failpoint } from '../../core/failpoint.ts'
import { idOf } from '../../core/http/edge.ts'
import { completeCampaigns } from '../../core/messaging/campaign/complete.ts'
import { type Action, controlCampaign, skipCancelled } from '../../core/messaging/campaign/control.ts'
import { listReasons } from '../../core/messaging/chunk/reasons.ts'
import { type Reopening, reopen } from '../../core/messaging/chunk/reopen.ts'
import type { ControlGrant } from './grant.ts'
import {
  cancelDocs,
  controlPath,
  failuresDocs,
  pauseDocs,
  resolveBody,
  resolveDocs,
  resumeDocs,
  retryBody,
  retryDocs,
} from './schema.ts'
import { getStatus } from './store.ts'

/** An answer to cancel waits so long for the rest to be skipped; the scheduler goes on with what is left. */
const SKIP_WITHIN_MS = 1000

export const controlRoutes = (grant: ControlGrant) =>
  new Elysia({ prefix: '/campaigns' })
    .post('/:id/pause', ({ params, request }) => act(grant, Number(params.id), 'pause', request), {
      params: controlPath,
      detail: pauseDocs,
    })
    .post('/:id/resume', ({ params, request }) => act(grant, Number(params.id), 'resume', request), {
      params: controlPath,
      detail: resumeDocs,
    })
    .post('/:id/cancel', ({ params, request }) => act(grant, Number(params.id), 'cancel', request), {
      params: controlPath,
      detail: cancelDocs,
    })
    .post(
      '/:id/retry-failed',
      async ({ params, body, request }) => {
        const campaignId = Number(params.id)
        const moved = await take(grant, { campaignId, from: 'failed', to: 'pending', codes: body.codes }, request)
        return { campaign_id: campaignId, messages_queued: moved, status: await getStatus(grant.db, campaignId) }
      },
      {
        parse: 'json',
        params: controlPath,
        body: retryBody,
        detail: retryDocs,
        transform: (context) => {
          // All of them, where nothing is named.
          if (context.body === undefined) context.body = {}
        },
      },
    )
    .post(
      '/:id/resolve-unknown',
      async ({ params, body, request }) => {
        const campaignId = Number(params.id)
        const to = body.as === 'resend' ? 'pending' : body.as
        const moved = await take(grant, { campaignId, from: 'unknown', to }, request)
        return { campaign_id: campaignId, messages_resolved: moved, status: await getStatus(grant.db, campaignId) }
      },
      { parse: 'json', params: controlPath, body: resolveBody, detail: resolveDocs },
    )
    .get(
      '/:id/failures',
      async ({ params }) => {
        const id = Number(params.id)
        return { campaign_id: id, status: await getStatus(grant.db, id), failures: await listReasons(grant.db, id) }
      },
      { params: controlPath, detail: failuresDocs },
    )

async function act({ db, clock, wakeUps, log }: ControlGrant, id: number, action: Action, request: Request) {
  await db.transaction().execute((trx) => controlCampaign(trx, id, action))
  log.info({ request_id: idOf(request), campaign: id, action }, 'Campaign controlled')
  await failpoint('control.committed')
  if (action === 'cancel') await skipRest({ db, clock, log }, id)
  await wakeUps.notify(action === 'cancel' ? 'scheduled' : 'ready')
  return { campaign_id: id, status: await getStatus(db, id) }
}

async function skipRest({ db, clock, log }: Omit<ControlGrant, 'wakeUps'>, id: number): Promise<void> {
  const begun = clock.elapsed()
  const signal = new AbortController().signal
  while ((await untilDone(() => skipCancelled(db, id), { clock, log, signal })).more)
    if (clock.elapsed() - begun > SKIP_WITHIN_MS) return
  await completeCampaigns(db)
}

async function take({ db, wakeUps, log }: ControlGrant, reopening: Reopening, request: Request): Promise<number> {
  const messages = await db.transaction().execute((trx) => reopen(trx, reopening))
  const { campaignId: campaign, from, to } = reopening
  log.info({ request_id: idOf(request), campaign, from, to, messages }, 'Messages taken up again')
  if (to === 'pending') await wakeUps.notify('ready')
  return messages
}
