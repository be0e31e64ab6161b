/** Templates of a WhatsApp Business Account, as Meta lists them. */

import { failedCheck } from '../../core/messaging/senders/account-check.ts'
import type { ListedTemplate, TemplateList } from '../../core/messaging/senders/contract.ts'
import { at, listOf, textOf } from '../../core/messaging/senders/json.ts'
import type { Outcome } from '../../core/messaging/senders/outcome.ts'
import { callProvider, outcomeByStatus, type ProviderAnswer } from '../../core/messaging/senders/provider-call.ts'
import type { WhatsappUse } from './grant.ts'

/** An account has 250 templates, each in several languages; a page holds 100. */
const MOST_PAGES = 50
const FIELDS = 'name,language,status,category,components'

/**
 * @param outcomeOf reads an error of the Graph API; undefined where the answer is none
 * @returns undefined where the settings name no business account
 */
export function openTemplateList(
  use: WhatsappUse,
  headers: Readonly<Record<string, string>>,
  outcomeOf: (answer: ProviderAnswer) => Outcome | undefined,
): ((signal: AbortSignal) => Promise<TemplateList>) | undefined {
  const { url, businessAccountId } = use.settings
  if (businessAccountId === undefined) return undefined
  const address = `${url.replace(/\/+$/, '')}/${businessAccountId}/message_templates?fields=${FIELDS}&limit=100`

  /** @param after the cursor of the page before */
  const page = async (after: string | undefined, signal: AbortSignal) => {
    const cursor = after === undefined ? '' : `&after=${encodeURIComponent(after)}`
    const answer = await callProvider(use, address + cursor, { headers }, signal)
    if (answer.kind !== 'answer') return answer
    const failed = outcomeOf(answer) ?? (answer.status === 200 ? undefined : outcomeByStatus(answer, false))
    return failed ?? answer
  }

  return async (signal) => {
    const templates: ListedTemplate[] = []
    let after: string | undefined
    for (let nth = 0; nth < MOST_PAGES; nth++) {
      const answer = await page(after, signal)
      if (answer.kind !== 'answer') return refused(answer)
      templates.push(...listOf(at(answer.json, 'data')).flatMap(readTemplate))
      after = textOf(at(answer.json, 'paging', 'cursors', 'after'))
      // `next` is there while there is a next page; its address repeats the token, and is not followed.
      if (after === undefined || textOf(at(answer.json, 'paging', 'next')) === undefined) break
    }
    return { ok: true, templates }
  }
}

function refused(outcome: Outcome): TemplateList {
  const check = failedCheck('Meta', outcome)
  return check.ok ? { ok: true, templates: [] } : check
}

function readTemplate(item: unknown): ListedTemplate[] {
  const name = textOf(at(item, 'name'))
  const language = textOf(at(item, 'language'))
  if (name === undefined || language === undefined) return []
  const components = listOf(at(item, 'components'))
  const text = textOf(at(components.find(isA('BODY')), 'text')) ?? null
  const status = (textOf(at(item, 'status')) ?? 'unknown').toLowerCase()
  const category = textOf(at(item, 'category'))?.toLowerCase() ?? null
  const unusable = status === 'approved' ? faultOf(components, text) : `Meta has not approved it: it is ${status}`
  return [{ name, language, status, category, text, parameters: placeholders(text).length, unusable }]
}

const isA = (type: string) => (component: unknown) => textOf(at(component, 'type'))?.toUpperCase() === type

const placeholders = (text: string | null): readonly string[] => [
  ...new Set((text ?? '').match(/\{\{\s*[\w-]+\s*\}\}/g) ?? []),
]

/** A campaign fills the numbered placeholders of the text, and nothing else. */
function faultOf(components: readonly unknown[], text: string | null): string | null {
  const header = components.find(isA('HEADER'))
  const format = textOf(at(header, 'format'))?.toLowerCase() ?? 'text'
  if (header !== undefined && format !== 'text') return `Its header needs a file: ${format}`
  if (placeholders(textOf(at(header, 'text')) ?? null).length > 0) return 'Its header has a placeholder'
  const buttons = listOf(at(components.find(isA('BUTTONS')), 'buttons'))
  if (buttons.some((button) => placeholders(textOf(at(button, 'url')) ?? null).length > 0))
    return 'One of its buttons has a placeholder'
  const named = placeholders(text).some((placeholder) => !/\d/.test(placeholder))
  return named ? 'Its placeholders have names instead of numbers' : null
}
