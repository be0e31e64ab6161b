/** Actions that the campaign's status allows. Those that send messages, or stop or delete something, ask first. */
import { useState } from 'react'
import { Link } from 'wouter'
import { type CampaignAction, isAllowed } from '../../../../../core/messaging/campaign/status.ts'
import { post } from '../../api/client.ts'
import { Icon, type IconName } from '../../components/icon.tsx'
import { notify } from '../../components/notices.tsx'
import { Problem } from '../../components/states.tsx'
import { useAction } from '../../hooks/use-action.ts'
import { count } from '../../text/format.ts'
import { ActionDialog, type Asked } from './action-dialog.tsx'
import { TestSend } from './test-send.tsx'
import type { LiveCampaign } from './use-campaign.ts'

interface ActionsProps {
  readonly campaign: LiveCampaign
  readonly reload: () => void
}

export function Actions({ campaign, reload }: ActionsProps) {
  const { id, status, stats } = campaign
  const may = (name: CampaignAction) => isAllowed(status, name)
  const action = useAction()
  const [asked, setAsked] = useState<Asked | 'test'>()
  const close = () => setAsked(undefined)
  const pause = () =>
    action.run(async () => {
      await post(`/campaigns/${id}/pause`)
      notify('Campaign paused')
      reload()
    })
  return (
    <div className="actions">
      <div className="action-row">
        {may('pause') && (
          <Act icon="pause" busy={action.busy} onClick={pause}>
            Pause
          </Act>
        )}
        {may('resume') && (
          <Act icon="play" primary busy={action.busy} onClick={() => setAsked('resume')}>
            Resume
          </Act>
        )}
        {stats.failed > 0 && may('retryFailed') && (
          <Act icon="retry" busy={action.busy} onClick={() => setAsked('retry')}>
            Retry {count(stats.failed)} failed
          </Act>
        )}
        {stats.unknown > 0 && may('resolveUnknown') && (
          <Act icon="check" busy={action.busy} onClick={() => setAsked('resolve')}>
            Resolve {count(stats.unknown)} unknown
          </Act>
        )}
        {may('edit') && (
          <Link href={`/campaigns/${id}/edit`} className="button button-primary">
            <Icon name="edit" /> Edit and send
          </Link>
        )}
        <Act icon="phone" busy={action.busy} onClick={() => setAsked('test')}>
          Test send
        </Act>
        <Link href={`/campaigns/new?from=${id}`} className="button">
          <Icon name="copy" /> Duplicate
        </Link>
        {may('delete') && (
          <Act icon="bin" busy={action.busy} onClick={() => setAsked('delete')}>
            Delete
          </Act>
        )}
        {may('cancel') && !may('delete') && (
          <Act icon="stop" busy={action.busy} onClick={() => setAsked('cancel')}>
            Cancel
          </Act>
        )}
      </div>
      <Problem>{action.problem}</Problem>
      {asked === 'test' && <TestSend channel={campaign.channel} prepare={() => id} onClose={close} />}
      {asked !== undefined && asked !== 'test' && (
        <ActionDialog asked={asked} campaign={campaign} reload={reload} onClose={close} />
      )}
    </div>
  )
}

interface ActProps {
  readonly icon: IconName
  readonly children: React.ReactNode
  readonly busy: boolean
  readonly primary?: boolean
  readonly onClick: () => unknown
}

function Act({ icon, children, busy, primary, onClick }: ActProps) {
  return (
    <button
      type="button"
      className={`button ${primary ? 'button-primary' : ''}`}
      disabled={busy}
      onClick={() => void onClick()}
    >
      <Icon name={icon} /> {children}
    </button>
  )
}
