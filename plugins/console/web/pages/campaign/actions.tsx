/** Actions that a campaign in its status allows. Those that reach people, stop or lose something ask first. */
import { useState } from 'react'
import { Link } from 'wouter'
import { post } from '../../api/client.ts'
import type { CampaignStatus } from '../../api/types.ts'
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

const isOpen = (status: CampaignStatus) => status === 'draft' || status === 'scheduled'
const isOver = (status: CampaignStatus) => status === 'sent' || status === 'failed' || status === 'cancelled'

export function Actions({ campaign, reload }: ActionsProps) {
  const { id, status, stats } = campaign
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
        {status === 'sending' && (
          <Act icon="pause" busy={action.busy} onClick={pause}>
            Pause
          </Act>
        )}
        {status === 'paused' && (
          <Act icon="play" primary busy={action.busy} onClick={() => setAsked('resume')}>
            Resume
          </Act>
        )}
        {stats.failed > 0 && status !== 'cancelled' && (
          <Act icon="retry" busy={action.busy} onClick={() => setAsked('retry')}>
            Retry {count(stats.failed)} failed
          </Act>
        )}
        {stats.unknown > 0 && status !== 'cancelled' && (
          <Act icon="check" busy={action.busy} onClick={() => setAsked('resolve')}>
            Resolve {count(stats.unknown)} unknown
          </Act>
        )}
        {isOpen(status) && (
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
        {isOpen(status) && (
          <Act icon="bin" busy={action.busy} onClick={() => setAsked('delete')}>
            Delete
          </Act>
        )}
        {!isOver(status) && !isOpen(status) && (
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
