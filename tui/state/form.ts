/** The form for a new campaign. Pure. */
import { momentsOf, type OffsetAt } from '../../core/messaging/text/wall-time.ts'
import { type Edit, editInput, type Input, inputOf } from './input.ts'

export const fields = [
  'name',
  'channel',
  'template',
  'when',
  'mode',
  'q',
  'location',
  'product',
  'ids',
  'send',
] as const
export type Field = (typeof fields)[number]
export type TextField = Exclude<Field, 'channel' | 'mode' | 'send'>

export const modes = ['filter', 'ids', 'none'] as const

export interface Audience {
  readonly count: number
  /** Customer of the preview: the first recipient. */
  readonly sample: { readonly id: number; readonly name: string } | undefined
}

export interface Form {
  readonly focus: Field
  readonly texts: Readonly<Record<TextField, Input>>
  readonly channel: 'sms' | 'whatsapp'
  /** Source of the recipients; none: the campaign stays a draft. */
  readonly mode: (typeof modes)[number]
  readonly audience: Audience | undefined
  readonly preview: { readonly text: string; readonly warnings: readonly string[] } | undefined
  readonly previewProblem: string | undefined
  /** Work in progress, after the form was submitted. */
  readonly busy: string | undefined
  readonly problem: string | undefined
}

export function openForm(): Form {
  const texts = { name: inputOf(), template: inputOf(), when: inputOf(), ids: inputOf() }
  const filter = { q: inputOf(), location: inputOf(), product: inputOf() }
  const nothing = {
    audience: undefined,
    preview: undefined,
    previewProblem: undefined,
    busy: undefined,
    problem: undefined,
  }
  return { focus: 'name', texts: { ...texts, ...filter }, channel: 'sms', mode: 'filter', ...nothing }
}

export type FormAction =
  | { readonly type: 'form.focus'; readonly by: 1 | -1 }
  | { readonly type: 'form.edit'; readonly change: Edit }
  | { readonly type: 'form.toggle' }
  | { readonly type: 'form.audience'; readonly audience: Audience }
  | { readonly type: 'form.preview'; readonly text: string; readonly warnings: readonly string[] }
  | { readonly type: 'form.previewProblem'; readonly message: string }
  | { readonly type: 'form.busy'; readonly text: string | undefined }
  | { readonly type: 'form.problem'; readonly message: string | undefined }

export function reduceForm(form: Form, action: FormAction): Form {
  switch (action.type) {
    case 'form.focus': {
      const visible = visibleFields(form.mode)
      const at = (visible.indexOf(form.focus) + action.by + visible.length) % visible.length
      return { ...form, focus: visible[at] ?? 'name' }
    }
    case 'form.edit': {
      const field = form.focus
      if (!isText(field)) return form
      const texts = { ...form.texts, [field]: editInput(form.texts[field], action.change) }
      return { ...form, texts, problem: undefined }
    }
    case 'form.toggle':
      if (form.focus === 'channel') return { ...form, channel: form.channel === 'sms' ? 'whatsapp' : 'sms' }
      return form.focus === 'mode' ? { ...form, mode: nextMode(form.mode), audience: undefined } : form
    case 'form.audience':
      return { ...form, audience: action.audience }
    case 'form.preview':
      return { ...form, preview: { text: action.text, warnings: action.warnings }, previewProblem: undefined }
    case 'form.previewProblem':
      return { ...form, previewProblem: action.message }
    case 'form.busy':
      return { ...form, busy: action.text, problem: undefined }
    case 'form.problem':
      return { ...form, busy: undefined, problem: action.message }
  }
}

const nextMode = (mode: Form['mode']) => modes[(modes.indexOf(mode) + 1) % modes.length] ?? 'filter'

export const isText = (field: Field): field is TextField => field !== 'channel' && field !== 'mode' && field !== 'send'

/** Fields in the order of the Tab key. */
export function visibleFields(mode: Form['mode']): readonly Field[] {
  const of: Readonly<Record<string, Form['mode']>> = { q: 'filter', location: 'filter', product: 'filter', ids: 'ids' }
  return fields.filter((field) => of[field] === undefined || of[field] === mode)
}

/** First problem of the form; undefined when it may be submitted. */
export function problemOf(form: Form): string | undefined {
  if (form.texts.name.text.trim() === '') return 'Enter a name'
  if (form.texts.template.text.trim() === '') return 'Enter a text'
  const when = parseWhen(form.texts.when.text, Date.now())
  if ('problem' in when) return when.problem
  if (form.mode === 'ids') {
    const ids = parseIds(form.texts.ids.text)
    if ('problem' in ids) return ids.problem
  }
  return undefined
}

/** Largest number of ids in the form; more need the API. */
const MOST_IDS = 1_000_000

/** Reads `1-500, 7 9`; each id once, in order. */
export function parseIds(text: string): { readonly ids: readonly number[] } | { readonly problem: string } {
  const ids = new Set<number>()
  for (const word of text.split(/[\s,;]+/).filter(Boolean)) {
    const [, first, last = first] = /^(\d{1,10})(?:-(\d{1,10}))?$/.exec(word) ?? []
    const [from, to] = [Number(first), Number(last)]
    if (first === undefined || from < 1 || to < from)
      return { problem: `"${word}" is not an id: write ids as 7 or 1-500` }
    if (to - from + ids.size >= MOST_IDS) return { problem: `At most ${MOST_IDS.toLocaleString('en')} ids are allowed` }
    for (let id = from; id <= to; id++) ids.add(id)
  }
  return { ids: [...ids].toSorted((a, b) => a - b) }
}

/**
 * Reads nothing (at once), `+90m`, `+2h`, `+1d`, a local `2030-01-31 09:00`, or a time with its offset from UTC.
 * @param now milliseconds since the epoch
 * @param offsetAt of the zone that local times are in
 */
export function parseWhen(
  text: string,
  now: number,
  offsetAt?: OffsetAt,
): { readonly at: string | null } | { readonly problem: string } {
  const written = text.trim()
  if (written === '') return { at: null }
  const [, amount, unit] = /^\+(\d{1,5})\s*(m|h|d)$/.exec(written) ?? []
  if (amount !== undefined && unit !== undefined) {
    const minutes = Number(amount) * { m: 1, h: 60, d: 1440 }[unit as 'm' | 'h' | 'd']
    return { at: new Date(now + minutes * 60_000).toISOString() }
  }
  const [, wallTime, offset] =
    /^(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*([Zz]|[+-]\d\d:\d\d)?$/.exec(written) ?? []
  if (wallTime && offset) return withOffset(wallTime, offset)
  const moments = wallTime ? momentsOf(wallTime, offsetAt) : undefined
  if (!moments) return notATime
  const [first, second] = moments
  if (!first) return { problem: `Clocks skip ${wallTime} on that day: choose another time` }
  if (second)
    return {
      problem: `Clocks show ${wallTime} twice on that day: write ${moments.map((one) => `${wallTime}${one.offset}`).join(' or ')}`,
    }
  return { at: first.time.toISOString() }
}

const notATime = { problem: 'Write the time as 2030-01-31 09:00, +2h, or leave it empty for now' }

function withOffset(wallTime: string, offset: string): ReturnType<typeof parseWhen> {
  const time = new Date(`${wallTime.replace(' ', 'T')}${offset.toUpperCase()}`)
  return Number.isNaN(time.getTime()) ? notATime : { at: time.toISOString() }
}
