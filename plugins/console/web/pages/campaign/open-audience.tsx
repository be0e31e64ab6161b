/** Says that recipients are still being added, and lets a person end that where nobody goes on. */
import { post } from '../../api/client.ts'
import { Problem } from '../../components/states.tsx'
import { useAction } from '../../hooks/use-action.ts'
import type { LiveCampaign } from './use-campaign.ts'

interface OpenAudienceProps {
  readonly campaign: LiveCampaign
  readonly reload: () => void
}

export function OpenAudience({ campaign: { id, audience_open, paused_reason }, reload }: OpenAudienceProps) {
  const action = useAction()
  if (!audience_open) return null
  const close = () => action.run(() => post(`/campaigns/${id}/close-audience`).then(reload))
  return (
    <section className="card" aria-label="Recipients are still being added">
      <p className="warning">
        {paused_reason === 'audience_open'
          ? 'Paused: recipients were still being added, and none came for 10 minutes. Some may be missing.'
          : 'Recipients are still being added. The campaign does not end before all of them are in.'}
      </p>
      <Problem>{action.problem}</Problem>
      <button type="button" className="button" disabled={action.busy} onClick={() => void close()}>
        No more recipients
      </button>
    </section>
  )
}
