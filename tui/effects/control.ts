/** Runs a confirmed control action on a campaign, and shows its result. */
import { call } from '../api.ts'
import type { Sender } from '../state/senders.ts'
import type { ControlAction, Target } from '../state/state.ts'
import { doneText } from '../state/target.ts'
import { problemText, type Tools } from './browse.ts'

export async function act({ client, dispatch }: Tools, control: ControlAction, target: Target): Promise<void> {
  const campaign = client().campaigns({ id: target.id })
  const result = await call<{ campaign_id: number; messages_queued?: number }>(() => {
    switch (control) {
      case 'closeAudience':
        return campaign['close-audience'].post()
      case 'pause':
        return campaign.pause.post()
      case 'resume':
        return campaign.resume.post()
      case 'cancel':
        return campaign.cancel.post()
      case 'retryFailed':
        return campaign['retry-failed'].post({})
    }
  })
  const now = Date.now()
  if (result.ok) {
    const text = doneText(control, target, result.data.messages_queued)
    dispatch({ type: 'notice', tone: 'good', text, now })
    dispatch({ type: 'log.add', lines: [{ at: now, level: 'info', text }] })
  } else {
    dispatch({
      type: 'notice',
      tone: 'bad',
      text: problemText(result, control === 'closeAudience' ? 'campaigns' : 'control'),
      now,
    })
  }
  dispatch({ type: 'reload' })
}

/** Pauses or resumes a sender, as it was confirmed, and shows the result. */
export async function actOnSender({ client, dispatch }: Tools, { name }: Sender, pause: boolean): Promise<void> {
  const result = await call(() => client().senders({ name }).patch({ paused: pause }))
  const now = Date.now()
  if (result.ok) {
    const text = `Sender ${name} is ${pause ? 'paused' : 'resumed'}`
    dispatch({ type: 'notice', tone: 'good', text, now })
    dispatch({ type: 'log.add', lines: [{ at: now, level: 'info', text }] })
  } else dispatch({ type: 'notice', tone: 'bad', text: problemText(result, 'senders'), now })
  dispatch({ type: 'reload' })
}
