/** What can be done with a campaign in its status. */
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { post, remove } from '../../api/client.ts'
import type { CampaignStatus } from '../../api/types.ts'
import { Confirm } from '../../components/confirm.tsx'
import { Icon, type IconName } from '../../components/icon.tsx'
import { notify } from '../../components/notices.tsx'
import { Problem } from '../../components/states.tsx'
import { useAction } from '../../hooks/use-action.ts'
import { count, plural } from '../../text/format.ts'
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
  const [asked, setAsked] = useState<'cancel' | 'delete' | 'test'>()
  const [, navigate] = useLocation()
  const act = (path: string, done: string) =>
    action.run(async () => {
      await post(`/campaigns/${id}/${path}`)
      notify(done)
      reload()
    })
  const retry = () =>
    action.run(async () => {
      const { messages_queued } = await post<{ messages_queued: number }>(`/campaigns/${id}/retry-failed`, {})
      notify(`${plural(messages_queued, 'message')} will be tried again`)
      reload()
    })
  return (
    <div className="actions">
      <div className="action-row">
        {status === 'sending' && (
          <Act icon="pause" busy={action.busy} onClick={() => act('pause', 'Paused')}>
            Pause
          </Act>
        )}
        {status === 'paused' && (
          <Act icon="play" primary busy={action.busy} onClick={() => act('resume', 'Resumed')}>
            Resume
          </Act>
        )}
        {stats.failed > 0 && status !== 'cancelled' && (
          <Act icon="retry" busy={action.busy} onClick={retry}>
            Retry {count(stats.failed)} failed
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
      {asked === 'test' && <TestSend campaign={campaign} onClose={() => setAsked(undefined)} />}
      {asked === 'cancel' && (
        <Confirm
          title="Cancel this campaign?"
          deed="Cancel the campaign"
          onClose={() => setAsked(undefined)}
          onConfirm={() => post(`/campaigns/${id}/cancel`).then(reload)}
        >
          The {count(stats.pending)} recipients who have not got their message will be skipped. This cannot be undone.
        </Confirm>
      )}
      {asked === 'delete' && (
        <Confirm
          title="Delete this campaign?"
          deed="Delete the campaign"
          onClose={() => setAsked(undefined)}
          onConfirm={() => remove(`/campaigns/${id}`).then(() => navigate('/campaigns'))}
        >
          Its text and its recipients are gone for good. Nothing of it has been sent.
        </Confirm>
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
