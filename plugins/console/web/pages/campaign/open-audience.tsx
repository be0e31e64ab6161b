/** Notice that recipients are still being added, with a button to close the audience. */
import { post } from '../../api/client.ts'
import { Problem } from '../../components/states.tsx'
import { useAction } from '../../hooks/use-action.ts'
import type { LiveCampaign } from './use-campaign.ts'

/** The server selects them: there is nothing to add, and nothing to close. */
const QUEUEING = 'Recipients are still being selected. The campaign completes once all of them have been added.'

interface OpenAudienceProps {
  readonly campaign: LiveCampaign
  readonly reload: () => void
}

export function OpenAudience({ campaign, reload }: OpenAudienceProps) {
  const { id, audience_open, queueing, paused_reason, waiting } = campaign
  const action = useAction()
  if (!audience_open) return null
  if (queueing) return waiting?.reason === 'queueing' ? null : <p className="warning">{QUEUEING}</p>
  // The notice above names it already.
  const isSaid = waiting?.reason === 'audience_open' || paused_reason === 'audience_open'
  const close = () => action.run(() => post(`/campaigns/${id}/close-audience`).then(reload))
  return (
    <section className="card" aria-label="Recipients are still being added">
      {!isSaid && (
        <p className="warning">
          Recipients are still being added. The campaign completes once all of them have been added.
        </p>
      )}
      <Problem>{action.problem}</Problem>
      <div className="action-row">
        <button type="button" className="button" disabled={action.busy} onClick={() => void close()}>
          No more recipients
        </button>
      </div>
    </section>
  )
}
