/** A campaign as the API shows it. Pure. */
import { isoTime } from '../../core/http/time.ts'
import type { CampaignRow, CampaignView } from '../../core/messaging/campaign/campaign-service.ts'
import { type AttributeTypes, noAttributes } from '../../core/messaging/contacts/attributes.ts'
import type { SelectionView } from '../../core/messaging/enqueue/enqueue.ts'
import type { OpenedSenders } from '../../core/messaging/senders/contract.ts'
import { listTexts } from '../../core/messaging/text/languages.ts'
import { mayNameAttribute } from '../../core/messaging/text/placeholder.ts'
import { compileTemplate, warnings } from '../../core/messaging/text/template.ts'

export function viewCampaign(row: CampaignRow) {
  return {
    id: row.id,
    name: row.name,
    channel: row.channel,
    status: row.status,
    base_template: row.base_template,
    texts: row.texts,
    template: row.template,
    scheduled_at: isoTime(row.scheduled_at),
    expires_at: isoTime(row.expires_at),
    created_at: isoTime(row.created_at),
    audience_open: row.audience_open,
    paused_reason: row.paused_reason,
    sender: row.sender,
    max_rate: row.max_rate,
    priority: row.priority,
    purpose: row.purpose,
    transliteration: row.transliteration,
  }
}

export const viewSelection = ({ created_at, done_at, ...selection }: SelectionView) => ({
  ...selection,
  created_at: isoTime(created_at),
  done_at: isoTime(done_at),
})

type Texts = Pick<CampaignRow, 'base_template' | 'texts' | 'template'>
type Warned = Texts & Pick<CampaignRow, 'scheduled_at' | 'status'>

interface WarnedText {
  /** Before its warnings. */
  readonly of: string
  readonly text: string
}

const textsOf = ({ template, ...texts }: Texts): readonly WarnedText[] => [
  ...listTexts(texts).map(({ language, text }) => ({ of: language === undefined ? '' : `${language}: `, text })),
  ...(template?.parameters ?? []).map((text) => ({ of: '', text })),
]

/**
 * `{ warnings }` for a campaign that has any, else nothing: to spread into an answer.
 * @param attributes as `attributesFor` gives them
 */
export function warned(row: Warned, attributes: AttributeTypes): { warnings?: string[] } {
  const ofTexts = textsOf(row).flatMap(({ of, text }) => textWarnings(text, attributes).map((warning) => of + warning))
  const problems = [...new Set(ofTexts), ...timeWarnings(row)]
  return problems.length > 0 ? { warnings: problems } : {}
}

/** Attributes that are declared, looked up only where a text may name one. */
export async function attributesFor(
  rows: readonly Texts[],
  find: () => Promise<AttributeTypes>,
): Promise<AttributeTypes> {
  return rows.some((row) => textsOf(row).some(({ text }) => lookAt(text).mayNameAttribute)) ? find() : noAttributes
}

/** Facts about texts that were shown last: whoever watches a campaign reads it over and over. */
const known = new Map<string, { readonly warnings: readonly string[]; readonly mayNameAttribute: boolean }>()
const MOST_KNOWN = 500

function lookAt(text: string) {
  const found = known.get(text)
  if (found) return found
  if (known.size >= MOST_KNOWN) known.clear()
  const made = { warnings: warnings(compileTemplate(text)), mayNameAttribute: mayNameAttribute(text) }
  known.set(text, made)
  return made
}

function textWarnings(text: string, attributes: AttributeTypes): readonly string[] {
  const look = lookAt(text)
  if (attributes.size === 0 || !look.mayNameAttribute) return look.warnings
  return warnings(compileTemplate(text, { attributes }))
}

/** A draft has a time only where that had passed already when it was given: one ahead makes it `scheduled`. */
function timeWarnings({ status, scheduled_at }: Pick<CampaignRow, 'scheduled_at' | 'status'>): string[] {
  if (status !== 'draft' || scheduled_at === null) return []
  return [`scheduled_at ${isoTime(scheduled_at)} is in the past: the campaign is sent at once when /send is called`]
}

type Sent = Pick<CampaignView, 'channel' | 'sender' | 'stats'>

/**
 * True if receipts of the campaign have come, or one of its senders takes them: otherwise the figures of delivery say nothing.
 * @param senders those of this process
 * @param publicUrl address that providers call; undefined: they are asked for no receipts
 */
export function hasReceipts({ channel, sender, stats }: Sent, senders: OpenedSenders, publicUrl?: string): boolean {
  if (stats.delivered + stats.undelivered > 0) return true
  if (publicUrl === undefined) return false
  const names = Object.values(senders.countries(channel)).flat()
  const used =
    sender === null ? [...senders.of(channel), ...names.map((name) => senders.get(name))] : [senders.get(sender)]
  return used.some((one) => one?.hook !== undefined && one.reference !== 'none')
}
