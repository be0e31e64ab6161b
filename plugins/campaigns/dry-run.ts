/** Dry run: what a call to /send would do, without doing it. */
import { Elysia } from 'elysia'
import { isoTime } from '../../core/http/time.ts'
import type { DryRun } from '../../core/messaging/dry-run/service.ts'
import type { Policy } from '../../core/messaging/policy/policy.ts'
import { dryRunDocs } from './dry-run-schema.ts'
import type { CampaignGrant } from './grant.ts'
import { campaignPath, type SendRequest, sendBody } from './schema.ts'
import { readSend } from './send.ts'

export const dryRunRoute = (grant: CampaignGrant) =>
  new Elysia({ prefix: '/campaigns' }).post(
    '/:id/dry-run',
    ({ params, body, request }) => dryRun(grant, Number(params.id), body, request.signal),
    { parse: 'json', params: campaignPath, body: sendBody, detail: dryRunDocs },
  )

async function dryRun(
  { messaging, config, log }: CampaignGrant,
  campaignId: number,
  body: SendRequest,
  signal: AbortSignal,
) {
  const { customerIds, spec } = readSend(body)
  const failed = new Set<string>()
  const run = await messaging.dryRun.run({
    campaignId,
    customerIds,
    spec,
    signal,
    language: config.language,
    onPolicyFailure: ({ name: policy }: Policy, error: unknown) => {
      // One line for a dry run: all of its messages may fail alike.
      if (failed.has(policy)) return
      failed.add(policy)
      const thrown = error instanceof Error ? error.name : typeof error
      log.warn({ campaign: campaignId, policy, thrown }, 'A policy failed in a dry run: its messages count as deferred')
    },
  })
  return view(campaignId, run)
}

const view = (campaign_id: number, { by_language, parts, cost, pace, seconds, sample, ...run }: DryRun) => ({
  campaign_id,
  ...run,
  deferred_until: isoTime(run.deferred_until),
  skips: [...run.skips],
  missing_values: [...run.missing_values],
  ...(by_language.length > 0 && { by_language: [...by_language] }),
  parts: parts && { ...parts, ucs2_characters: [...parts.ucs2_characters] },
  cost: { total: [...cost.total], by_country: [...cost.by_country], unpriced: [...cost.unpriced] },
  pace,
  seconds,
  sample,
})
