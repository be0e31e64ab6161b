import { Elysia } from 'elysia'
import { untilDone } from '../../core/db/retry.ts'
import { failpoint } from '../../core/failpoint.ts'
import { idOf } from '../../core/http/edge.ts'
import type { Action, Reopening } from '../../core/messaging/campaign/control-service.ts'
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

/** Longest time for which a cancel skips remaining messages itself; the scheduler skips the rest. */
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
        return {
          campaign_id: campaignId,
          messages_queued: moved,
          status: await grant.messaging.control.getStatus(campaignId),
        }
      },
      {
        parse: 'json',
        params: controlPath,
        body: retryBody,
        detail: retryDocs,
        transform: (context) => {
          // Without a body: all failed messages.
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
        return {
          campaign_id: campaignId,
          messages_resolved: moved,
          status: await grant.messaging.control.getStatus(campaignId),
        }
      },
      { parse: 'json', params: controlPath, body: resolveBody, detail: resolveDocs },
    )
    .get(
      '/:id/failures',
      async ({ params }) => {
        const id = Number(params.id)
        return {
          campaign_id: id,
          status: await grant.messaging.control.getStatus(id),
          failures: await grant.messaging.control.listReasons(id),
        }
      },
      { params: controlPath, detail: failuresDocs },
    )

async function act({ messaging, clock, wakeUps, log }: ControlGrant, id: number, action: Action, request: Request) {
  const { control } = messaging
  await control.control(id, action)
  log.info({ request_id: idOf(request), campaign: id, action }, 'Campaign status changed')
  await failpoint('control.committed')
  if (action === 'cancel') await skipRest({ messaging, clock, log }, id)
  await wakeUps.notify(action === 'cancel' ? 'scheduled' : 'ready')
  return { campaign_id: id, status: await control.getStatus(id) }
}

async function skipRest({ messaging, clock, log }: Omit<ControlGrant, 'wakeUps'>, id: number): Promise<void> {
  const { control } = messaging
  const begun = clock.elapsed()
  const signal = new AbortController().signal
  while ((await untilDone(() => control.skipCancelled(id), { clock, log, signal })).more)
    if (clock.elapsed() - begun > SKIP_WITHIN_MS) return
  await control.completeCampaigns()
}

async function take(
  { messaging, wakeUps, log }: ControlGrant,
  reopening: Reopening,
  request: Request,
): Promise<number> {
  const messages = await messaging.control.reopen(reopening)
  const { campaignId: campaign, from, to } = reopening
  log.info({ request_id: idOf(request), campaign, from, to, messages }, 'Messages reopened')
  if (to === 'pending') await wakeUps.notify('ready')
  return messages
}
