/** Colours and signs by meaning. Each meaning has a sign or a word too, so that nothing is lost without colour. */
import type { CampaignStatus } from '../core/messaging/campaign/status.ts'

export type Status = 'sent' | 'sending' | 'pending' | 'failed' | 'skipped' | 'unknown'

export interface Ink {
  readonly color?: string
  readonly bold?: boolean
  readonly dim?: boolean
  readonly inverse?: boolean
}

/** Statuses in the order of a bar: done, in progress, unreached, waiting. */
export const statuses: readonly Status[] = ['sent', 'sending', 'failed', 'unknown', 'skipped', 'pending']

export const statusInk: Readonly<Record<Status, Ink & { readonly sign: string }>> = {
  sent: { color: 'green', sign: '▇' },
  sending: { color: 'cyan', sign: '▓' },
  failed: { color: 'red', sign: '▞' },
  unknown: { color: 'magenta', sign: '?' },
  skipped: { color: 'yellow', sign: '-' },
  pending: { dim: true, sign: '░' },
}

export const campaignInk: Readonly<Record<CampaignStatus, Ink & { readonly sign: string }>> = {
  draft: { dim: true, sign: '·' },
  scheduled: { color: 'blue', sign: '◷' },
  sending: { color: 'cyan', sign: '▶' },
  paused: { color: 'yellow', sign: '‖' },
  sent: { color: 'green', sign: '✓' },
  failed: { color: 'red', sign: '✗' },
  cancelled: { color: 'yellow', sign: '-' },
}

export const campaignInkOf = (status: string) => campaignInk[status as CampaignStatus] ?? campaignInk.draft
export const statusInkOf = (status: string) => statusInk[status as Status] ?? statusInk.pending

export type Tone = 'good' | 'warn' | 'bad' | 'plain'
export const toneInk: Readonly<Record<Tone, Ink & { readonly sign: string }>> = {
  good: { color: 'green', sign: '●' },
  warn: { color: 'yellow', sign: '▲' },
  bad: { color: 'red', sign: '✗' },
  plain: { sign: '·' },
}
export const accent: Ink = { color: 'cyan', bold: true }
export const faint: Ink = { dim: true }
export const strong: Ink = { bold: true }
