/** Number of SMS parts of a campaign, counted for a sample of its recipients and estimated for all of them. Pure. */

import { countSegments } from '../../../../../core/messaging/text/segments.ts'
import type { Template } from '../../../../../core/messaging/text/template.ts'
import { isBlank } from '../../../../../core/text/invisible.ts'
import type { Customer } from '../../api/types.ts'
import { count, plural } from '../../text/format.ts'
import type { People } from './use-people.ts'

export interface Parts {
  /** Parts of the shortest and of the longest message. */
  readonly least: number
  readonly most: number
  /** Parts of all messages together. */
  readonly total: number
  /** Number of people for whom the text is empty: they get no message. */
  readonly empty: number
  /** True if everybody was counted; otherwise the totals are estimates. */
  readonly exact: boolean
}

/** @returns undefined if nobody gets a message */
export function countParts(template: Pick<Template, 'render'>, { some, count: all }: People): Parts | undefined {
  const texts = some.map((person: Customer) => template.render(person)).filter((text) => !isBlank(text))
  if (texts.length === 0) return undefined
  const parts = texts.map((text) => countSegments(text).parts)
  const scale = all / some.length
  return {
    least: Math.min(...parts),
    most: Math.max(...parts),
    total: Math.round(parts.reduce((sum, one) => sum + one, 0) * scale),
    empty: Math.round((some.length - texts.length) * scale),
    exact: all === some.length,
  }
}

/** `1 to 2 parts per message, about 2,100 in total`. */
export function describeParts({ least, most, total, exact }: Parts): string {
  const each = least === most ? plural(least, 'part') : `${least} to ${plural(most, 'part')}`
  return `${each} per message, ${exact ? '' : 'about '}${count(total)} in total`
}
