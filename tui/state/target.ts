/** The campaign that a key acts on, and the effect of each control action on it. Pure. */
import { isAllowed, isRunning, refusalOf } from '../../core/messaging/campaign/status.ts'
import { plural } from '../format.ts'
import type { ControlAction, State, Target } from './state.ts'

/** The campaign under the cursor, with the figures of the live feed where it has them: they are newer. */
export function targetOf(state: State): Target | undefined {
  const live = (id: number | undefined) => state.snapshot?.campaigns.find((one) => one.id === id)
  if (state.screen === 'overview') return state.snapshot?.campaigns[state.chosen]
  if (state.screen === 'campaigns') {
    const row = state.list.rows[state.list.selected]
    return live(row?.id) ?? row
  }
  if (state.screen === 'campaign') return live(state.detail?.id) ?? state.detail?.campaign
  return undefined
}

const done: Readonly<Record<Exclude<ControlAction, 'retryFailed' | 'closeAudience'>, string>> = {
  pause: 'paused',
  resume: 'resumed',
  cancel: 'cancelled',
}

/** A client adds recipients, and may say that there are no more. */
export const mayClose = (target: Target | undefined): boolean => target?.audience_open === true && !target.queueing

/** The reason why the action is refused; undefined when it is allowed. */
export function problemWith(control: ControlAction, target: Target): string | undefined {
  const { id, status, stats, queueing } = target
  if (!isAllowed(status, control)) return refusalOf(control, { id, status })
  if (control === 'closeAudience' && queueing) return `The audience of campaign ${id} closes by itself`
  if (control === 'closeAudience' && !mayClose(target)) return `No recipients are being added to campaign ${id}`
  return control === 'retryFailed' && stats.failed === 0 ? `Campaign ${id} has no failed recipients` : undefined
}

/** The question to confirm: the action, and how many recipients it concerns. */
export function questionOf(
  control: ControlAction,
  { stats }: Target,
): { readonly title: string; readonly effect: string } {
  const left = stats.pending + stats.sending
  const people = (value: number) => plural(value, 'recipient')
  switch (control) {
    case 'closeAudience':
      return { title: 'No more recipients?', effect: `The campaign will complete with ${people(stats.total)}.` }
    case 'pause':
      return {
        title: 'Pause this campaign?',
        effect: `${people(left)} will wait until it is resumed.`,
      }
    case 'resume':
      return { title: 'Resume this campaign?', effect: `Sending to ${people(left)} continues immediately.` }
    case 'cancel':
      return {
        title: 'Cancel this campaign for good?',
        effect:
          left === 0
            ? 'There are no recipients left to send to.'
            : `${people(left)} will be skipped and get no message.`,
      }
    case 'retryFailed':
      return { title: 'Retry failed recipients?', effect: `The text is sent to ${people(stats.failed)} again.` }
  }
}

/** The notice after the action has succeeded. */
export function doneText(control: ControlAction, { id, name }: Target, queued: number | undefined): string {
  const about = `#${id} ${name}`
  if (control === 'retryFailed') return `Retrying ${plural(queued ?? 0, 'recipient')} of ${about}`
  return control === 'closeAudience' ? `The audience of ${about} is closed` : `${about} is ${done[control]}`
}

/** True where quitting the dashboard would stop the server in the middle of sending. */
export const endsSending = ({ local, snapshot }: State): boolean => local && underWay(snapshot) > 0

/** Recipients of campaigns that are being sent who have no outcome yet. */
export const underWay = (snapshot: State['snapshot']): number =>
  (snapshot?.campaigns ?? [])
    .filter(({ status }) => isRunning(status))
    .reduce((sum, { stats }) => sum + stats.pending + stats.sending, 0)
