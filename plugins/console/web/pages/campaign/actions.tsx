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
  const { id } = campaign
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
        <SendingActions campaign={campaign} busy={action.busy} onPause={pause} onAsk={setAsked} />
        <TextActions campaign={campaign} busy={action.busy} onTest={() => setAsked('test')} />
        <EndingActions campaign={campaign} busy={action.busy} onAsk={setAsked} />
      </div>
      <Problem>{action.problem}</Problem>
      {asked === 'test' && (
        <TestSend
          channel={campaign.channel}
          languages={Object.keys(campaign.texts ?? {})}
          prepare={() => id}
          onClose={close}
        />
      )}
      {asked !== undefined && asked !== 'test' && (
        <ActionDialog asked={asked} campaign={campaign} reload={reload} onClose={close} />
      )}
    </div>
  )
}

interface GroupProps {
  readonly campaign: LiveCampaign
  readonly busy: boolean
}

interface AskingProps extends GroupProps {
  readonly onAsk: (asked: Asked) => void
}

const may = ({ status }: LiveCampaign, action: CampaignAction) => isAllowed(status, action)

function SendingActions({ campaign, busy, onPause, onAsk }: AskingProps & { readonly onPause: () => unknown }) {
  const { failed, unknown } = campaign.stats
  return (
    <>
      {may(campaign, 'pause') && (
        <Act icon="pause" busy={busy} onClick={onPause}>
          Pause
        </Act>
      )}
      {may(campaign, 'resume') && (
        <Act icon="play" primary busy={busy} onClick={() => onAsk('resume')}>
          Resume
        </Act>
      )}
      {failed > 0 && may(campaign, 'retryFailed') && (
        <Act icon="retry" busy={busy} onClick={() => onAsk('retry')}>
          Retry {count(failed)} failed
        </Act>
      )}
      {unknown > 0 && may(campaign, 'resolveUnknown') && (
        <Act icon="check" busy={busy} onClick={() => onAsk('resolve')}>
          Resolve {count(unknown)} unknown
        </Act>
      )}
    </>
  )
}

function TextActions({ campaign, busy, onTest }: GroupProps & { readonly onTest: () => void }) {
  const { id } = campaign
  return (
    <>
      {may(campaign, 'edit') && (
        <Link href={`/campaigns/${id}/edit`} className="button button-primary">
          <Icon name="edit" /> Edit and send
        </Link>
      )}
      <Act icon="phone" busy={busy} onClick={onTest}>
        Test send
      </Act>
      <Link href={`/campaigns/new?from=${id}`} className="button">
        <Icon name="copy" /> Duplicate
      </Link>
    </>
  )
}

function EndingActions({ campaign, busy, onAsk }: AskingProps) {
  if (may(campaign, 'delete'))
    return (
      <Act icon="bin" busy={busy} onClick={() => onAsk('delete')}>
        Delete
      </Act>
    )
  if (!may(campaign, 'cancel')) return null
  return (
    <Act icon="stop" busy={busy} onClick={() => onAsk('cancel')}>
      Cancel
    </Act>
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
