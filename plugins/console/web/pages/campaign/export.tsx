/** Export of all matching recipients as CSV. */
import { query, send } from '../../api/client.ts'
import type { Delivery, Outcome } from '../../api/types.ts'
import { Icon } from '../../components/icon.tsx'
import { notify } from '../../components/notices.tsx'
import { Problem } from '../../components/states.tsx'
import { useAction } from '../../hooks/use-action.ts'
import { saveFile } from '../../text/save-file.ts'
import type { LiveCampaign } from './use-campaign.ts'

interface ExportProps {
  readonly campaign: LiveCampaign
  readonly status: Outcome | ''
  readonly delivery: Delivery | ''
  readonly q: string
}

export function Export({ campaign: { id }, status, delivery, q }: ExportProps) {
  const action = useAction()
  const save = () =>
    action.run(async () => {
      const answer = await send('GET', `/campaigns/${id}/messages.csv${query({ status, delivery, q })}`)
      saveFile(await answer.blob(), `campaign-${id}-recipients.csv`)
      notify('Recipients exported as CSV')
    })
  return (
    <>
      <button type="button" className="button" disabled={action.busy} onClick={() => void save()}>
        <Icon name="download" /> {action.busy ? 'Exporting…' : 'Export CSV'}
      </button>
      <Problem>{action.problem}</Problem>
    </>
  )
}
