/** The form for a new campaign. Pure. */
import { momentsOf, type OffsetAt } from '../../core/messaging/text/wall-time.ts'
import { type AudienceSpec, type Choice, type ChoiceList, dropChosen, emptyChoice, specOf } from './choice.ts'
import { type Edit, editInput, type Input, inputOf } from './input.ts'

export const fields = [
  'name',
  'channel',
  'template',
  'when',
  'mode',
  'include',
  'exclude',
  'q',
  'location',
  'product',
  'tag',
  'attribute',
  'ids',
  'purpose',
  'send',
] as const
export type Field = (typeof fields)[number]
type ToggleField = 'channel' | 'mode' | 'purpose'
export type TextField = Exclude<Field, ToggleField | ChoiceList | 'send'>

export const modes = ['everyone', 'segments', 'filter', 'ids', 'none'] as const

export interface Audience {
  readonly count: number
  /** Customer of the preview: the first recipient. */
  readonly sample: { readonly id: number; readonly name: string } | undefined
}

export interface Form {
  readonly focus: Field
  readonly texts: Readonly<Record<TextField, Input>>
  readonly channel: 'sms' | 'whatsapp'
  /** Policies, such as quiet hours, hold only marketing. */
  readonly purpose: 'marketing' | 'service'
  /** Source of the recipients; none: the campaign stays a draft. */
  readonly mode: (typeof modes)[number]
  /** Segments that are chosen. */
  readonly choice: Choice
  /** Undefined while it is being counted. */
  readonly audience: Audience | undefined
  /** Reason why it cannot be counted. */
  readonly audienceProblem: string | undefined
  readonly preview: { readonly text: string; readonly warnings: readonly string[] } | undefined
  readonly previewProblem: string | undefined
  /** The campaign that was made of the form for a dry run, and is a draft. */
  readonly draft: number | undefined
  /** Work in progress, after the form was submitted. */
  readonly busy: string | undefined
  readonly problem: string | undefined
}

export function openForm(): Form {
  const texts = { name: inputOf(), template: inputOf(), when: inputOf(), ids: inputOf() }
  const filter = { q: inputOf(), location: inputOf(), product: inputOf(), tag: inputOf(), attribute: inputOf() }
  const nothing = {
    audience: undefined,
    audienceProblem: undefined,
    preview: undefined,
    previewProblem: undefined,
    draft: undefined,
    busy: undefined,
    problem: undefined,
  }
  return {
    focus: 'name',
    texts: { ...texts, ...filter },
    channel: 'sms',
    purpose: 'marketing',
    mode: 'filter',
    choice: emptyChoice,
    ...nothing,
  }
}

export type FormAction =
  | { readonly type: 'form.focus'; readonly by: 1 | -1 }
  | { readonly type: 'form.edit'; readonly change: Edit }
  | { readonly type: 'form.toggle'; readonly by?: 1 | -1 }
  | { readonly type: 'form.choice'; readonly choice: Choice }
  | { readonly type: 'form.drop' }
  | { readonly type: 'form.audience'; readonly audience: Audience }
  | { readonly type: 'form.audienceProblem'; readonly message: string }
  | { readonly type: 'form.preview'; readonly text: string; readonly warnings: readonly string[] }
  | { readonly type: 'form.previewProblem'; readonly message: string }
  | { readonly type: 'form.draft'; readonly id: number | undefined }
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
      const edited = { ...form, texts, problem: undefined }
      return isOfMode(field) ? uncounted(edited) : edited
    }
    case 'form.toggle':
      if (form.focus === 'channel') return { ...form, channel: form.channel === 'sms' ? 'whatsapp' : 'sms' }
      if (form.focus === 'purpose') return { ...form, purpose: form.purpose === 'marketing' ? 'service' : 'marketing' }
      return form.focus === 'mode' ? uncounted({ ...form, mode: nextMode(form.mode, action.by) }) : form
    case 'form.choice':
      return uncounted({ ...form, choice: action.choice, problem: undefined })
    case 'form.drop':
      return isChoice(form.focus) ? uncounted({ ...form, choice: dropChosen(form.choice, form.focus) }) : form
    case 'form.audience':
      return { ...form, audience: action.audience, audienceProblem: undefined, problem: undefined }
    case 'form.audienceProblem':
      return { ...form, audience: undefined, audienceProblem: action.message }
    case 'form.preview':
      return { ...form, preview: { text: action.text, warnings: action.warnings }, previewProblem: undefined }
    case 'form.previewProblem':
      return { ...form, previewProblem: action.message }
    case 'form.draft':
      return { ...form, draft: action.id }
    case 'form.busy':
      return { ...form, busy: action.text, problem: undefined }
    case 'form.problem':
      return { ...form, busy: undefined, problem: action.message }
  }
}

/** Another audience, which is not counted yet. */
const uncounted = (form: Form): Form => ({ ...form, audience: undefined, audienceProblem: undefined })

const nextMode = (mode: Form['mode'], by = 1) =>
  modes[(modes.indexOf(mode) + by + modes.length) % modes.length] ?? 'filter'

export const isChoice = (field: Field): field is ChoiceList => field === 'include' || field === 'exclude'
/** True for a field whose values are gone through one by one. */
export const isToggle = (field: Field): field is ToggleField =>
  field === 'channel' || field === 'mode' || field === 'purpose'
export const isText = (field: Field): field is TextField => !isToggle(field) && field !== 'send' && !isChoice(field)

/** Fields that belong to some ways of choosing recipients. */
const modesOf: Readonly<Partial<Record<Field, readonly Form['mode'][]>>> = {
  include: ['segments'],
  exclude: ['everyone', 'segments'],
  q: ['filter'],
  location: ['filter'],
  product: ['filter'],
  tag: ['filter'],
  attribute: ['filter'],
  ids: ['ids'],
}
const isOfMode = (field: Field) => modesOf[field] !== undefined

/** Fields in the order of the Tab key. */
export function visibleFields(mode: Form['mode']): readonly Field[] {
  return fields.filter((field) => modesOf[field]?.includes(mode) ?? true)
}

/** The audience that the server selects; undefined where the dashboard gives the ids of the recipients. */
export function audienceSpec({ mode, choice }: Form): AudienceSpec | undefined {
  return mode === 'everyone' || mode === 'segments' ? specOf(choice, mode === 'everyone') : undefined
}

/** True if the server selects the recipients when the campaign starts. @param now milliseconds since the epoch */
export function selectsLater(form: Form, now: number): boolean {
  const when = parseWhen(form.texts.when.text, now)
  return audienceSpec(form) !== undefined && 'at' in when && when.at !== null && Date.parse(when.at) > now
}

/** True if both forms have the same texts and the same recipients. */
export const isSameWork = (a: Form, b: Form | undefined): boolean =>
  a.texts === b?.texts && a.mode === b.mode && a.choice === b.choice

const audienceFields = fields.filter(isText).filter(isOfMode)

/** True if both forms have the same recipients. */
export const isSameAudience = (a: Form, b: Form | undefined): boolean =>
  a.mode === b?.mode &&
  a.choice === b.choice &&
  audienceFields.every((field) => a.texts[field].text === b.texts[field].text)

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
  return form.mode === 'none' ? undefined : audienceProblemOf(form)
}

function audienceProblemOf({ mode, choice, audience, audienceProblem }: Form): string | undefined {
  if (mode === 'segments' && choice.include.length === 0) return 'Choose a segment'
  if (audience) return undefined
  if (audienceProblem === undefined) return 'The recipients are still being counted: try again in a moment'
  // The server selects them, however long a count takes.
  return mode === 'everyone' || mode === 'segments' ? undefined : audienceProblem
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
