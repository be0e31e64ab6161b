/** The campaign that a key acts on, and what acting on it means. Pure. */
import { isAllowed, isRunning, refusalOf } from '../../core/messaging/campaign/status.ts'
import { count, plural } from '../format.ts'
import type { Deed, State, Target } from './state.ts'

/** With the figures of the live feed where it has them: they are newer. */
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

const done: Readonly<Record<Deed, string>> = {
  pause: 'paused',
  resume: 'resumed',
  cancel: 'cancelled',
  retryFailed: 'tried again',
}

/** Why it cannot be done; undefined when it can. */
export function problemWith(deed: Deed, { id, status, stats }: Target): string | undefined {
  if (!isAllowed(status, deed)) return refusalOf(deed, { id, status })
  return deed === 'retryFailed' && stats.failed === 0 ? `Campaign ${id} has no failed recipients` : undefined
}

/** What is asked before it is done: the deed, and whom it concerns. */
export function questionOf(deed: Deed, { stats }: Target): { readonly title: string; readonly effect: string } {
  const left = stats.pending + stats.sending
  const people = (value: number) => plural(value, 'recipient')
  switch (deed) {
    case 'pause':
      return { title: 'Pause this campaign?', effect: `${people(left)} not settled yet will wait until it is resumed.` }
    case 'resume':
      return { title: 'Resume this campaign?', effect: `Sending to ${people(left)} goes on at once.` }
    case 'cancel':
      return {
        title: 'Cancel this campaign for good?',
        effect:
          left === 0 ? 'It has no recipients left to skip.' : `${people(left)} will be skipped and never written to.`,
      }
    case 'retryFailed':
      return { title: 'Try failed recipients again?', effect: `${people(stats.failed)} will be sent to once more.` }
  }
}

/** What is said when it was done. */
export function doneText(deed: Deed, { id, name }: Target, queued: number | undefined): string {
  const about = `#${id} ${name}`
  return deed === 'retryFailed'
    ? `${count(queued ?? 0)} recipients of ${about} are tried again`
    : `${about} is ${done[deed]}`
}

/** Quitting the dashboard would stop the server in the middle of sending. */
export const endsSending = ({ local, snapshot }: State): boolean => local && underWay(snapshot) > 0

/** Recipients of campaigns that are being sent who have no outcome yet. */
export const underWay = (snapshot: State['snapshot']): number =>
  (snapshot?.campaigns ?? [])
    .filter(({ status }) => isRunning(status))
    .reduce((sum, { stats }) => sum + stats.pending + stats.sending, 0)
