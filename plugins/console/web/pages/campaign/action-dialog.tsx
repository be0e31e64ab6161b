/** Confirmation of an action on a campaign, with the number of people it affects. */
import { type ComponentType, useState } from 'react'
import { useLocation } from 'wouter'
import { post, remove } from '../../api/client.ts'
import { Confirm } from '../../components/confirm.tsx'
import { notify } from '../../components/notices.tsx'
import { SenderName } from '../../components/sender-name.tsx'
import { plural } from '../../text/format.ts'
import { describeTexts } from '../../text/language.ts'
import type { LiveCampaign } from './use-campaign.ts'

export type Asked = 'resume' | 'retry' | 'resolve' | 'cancel' | 'delete'

interface ActionDialogProps {
  readonly asked: Asked
  readonly campaign: LiveCampaign
  readonly reload: () => void
  readonly onClose: () => void
}

const people = (value: number): string => plural(value, 'person', 'people')

type OneDialogProps = Omit<ActionDialogProps, 'asked'>

const dialogs: Readonly<Record<Asked, ComponentType<OneDialogProps>>> = {
  resume: ResumeDialog,
  retry: RetryDialog,
  resolve: ResolveDialog,
  cancel: CancelDialog,
  delete: DeleteDialog,
}

export function ActionDialog({ asked, ...props }: ActionDialogProps) {
  const Dialog = dialogs[asked]
  return <Dialog {...props} />
}

/** Recipients without an outcome. */
const leftOf = ({ stats }: LiveCampaign) => stats.pending + stats.sending

function ResumeDialog({ campaign, reload, onClose }: OneDialogProps) {
  const left = people(leftOf(campaign))
  return (
    <Confirm
      title="Resume this campaign?"
      action={`Resume sending to ${left}`}
      onConfirm={() => post(`/campaigns/${campaign.id}/resume`).then(reload)}
      onClose={onClose}
    >
      <p>Sending to {left} continues immediately.</p>
      <Reaches campaign={campaign} />
    </Confirm>
  )
}

function RetryDialog({ campaign, reload, onClose }: OneDialogProps) {
  const { id, status, stats } = campaign
  return (
    <Confirm
      title="Retry failed recipients?"
      action={`Send to ${people(stats.failed)} again`}
      people={stats.failed}
      onConfirm={async () => {
        const answer = await post<{ messages_queued: number }>(`/campaigns/${id}/retry-failed`, {})
        notify(`${plural(answer.messages_queued, 'message')} queued again`)
        reload()
      }}
      onClose={onClose}
    >
      <p>
        The same text is sent to {people(stats.failed)} again
        {status === 'paused' ? ' when the campaign is resumed' : ' immediately'}.
      </p>
      <Reaches campaign={campaign} />
    </Confirm>
  )
}

function CancelDialog({ campaign, reload, onClose }: OneDialogProps) {
  const left = leftOf(campaign)
  return (
    <Confirm
      danger
      title="Cancel this campaign?"
      action={left === 0 ? 'Cancel the campaign' : `Cancel for ${people(left)}`}
      onConfirm={() => post(`/campaigns/${campaign.id}/cancel`).then(reload)}
      onClose={onClose}
    >
      <p>
        {left === 0 ? 'There are no recipients left to send to.' : `${people(left)} will not get a message.`} This
        cannot be undone.
      </p>
    </Confirm>
  )
}

function DeleteDialog({ campaign: { id, name, stats }, onClose }: OneDialogProps) {
  const [, navigate] = useLocation()
  return (
    <Confirm
      danger
      title="Delete this campaign?"
      action="Delete the campaign"
      onConfirm={() => remove(`/campaigns/${id}`).then(() => navigate('/campaigns'))}
      onClose={onClose}
    >
      <p>
        “{name}”{stats.total > 0 && ` and its ${plural(stats.total, 'recipient')}`} will be deleted permanently. No
        messages have been sent.
      </p>
    </Confirm>
  )
}

/** Text and sender of the messages that an action starts. */
function Reaches({ campaign }: { readonly campaign: LiveCampaign }) {
  return (
    <dl className="summary">
      <dt>Campaign</dt>
      <dd>{campaign.name}</dd>
      <dt>Text</dt>
      <dd className="template">{campaign.base_template}</dd>
      {campaign.texts && (
        <>
          <dt>Languages</dt>
          <dd>{describeTexts(Object.keys(campaign.texts))}</dd>
        </>
      )}
      <dt>Sender</dt>
      <dd>
        <SenderName channel={campaign.channel} />
      </dd>
    </dl>
  )
}

const resolutions = [
  ['sent', 'They received it', 'Mark as sent'],
  ['failed', 'They did not receive it', 'Mark as failed'],
  ['resend', 'Send it again: some people may receive it twice', 'Send again'],
] as const
type Resolution = (typeof resolutions)[number][0]

function ResolveDialog({ campaign, reload, onClose }: OneDialogProps) {
  const { id, stats } = campaign
  const [as, setAs] = useState<Resolution>('sent')
  const label = resolutions.find(([value]) => value === as)?.[2] ?? ''
  return (
    <Confirm
      title="Resolve unknown messages?"
      action={as === 'resend' ? `Send to ${people(stats.unknown)} again` : `${label}: ${people(stats.unknown)}`}
      people={as === 'resend' ? stats.unknown : 0}
      onConfirm={async () => {
        const answer = await post<{ messages_resolved: number }>(`/campaigns/${id}/resolve-unknown`, { as })
        notify(`${plural(answer.messages_resolved, 'message')} resolved`)
        reload()
      }}
      onClose={onClose}
    >
      <p>
        It is not known whether {people(stats.unknown)} received the message. Ask the provider, then choose the result.
      </p>
      <fieldset className="choice">
        <legend>Result</legend>
        {resolutions.map(([value, text]) => (
          <label key={value}>
            <input type="radio" name="resolution" checked={as === value} onChange={() => setAs(value)} />
            <span>{text}</span>
          </label>
        ))}
      </fieldset>
      {as === 'resend' && <Reaches campaign={campaign} />}
    </Confirm>
  )
}
