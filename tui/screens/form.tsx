/** The form for a new campaign, with its preview beside it, or below where the terminal is narrow. */
import { Box } from 'ink'
import { typed, typedLines } from '../components/field.tsx'
import { Blank, Line, Lines, type Piece, piece } from '../components/line.tsx'
import { count, exactMoment, plural } from '../format.ts'
import { chosenText } from '../state/choice.ts'
import { type Field, type Form, isChoice, isText, parseWhen, selectsLater, visibleFields } from '../state/form.ts'
import { FRAME_LINES, type State } from '../state/state.ts'
import { cut, fit, wrap } from '../text.ts'
import { accent, faint, strong } from '../theme.ts'
import { title } from './overview.tsx'
import { testSenderPieces } from './waiting.ts'

const LABEL = 14
/** Cells in which all choices have a space between them. */
const ROOMY = 45
/** Lines below which a narrow form has no blank ones. */
const TIGHT_LINES = 25

const labels: Readonly<Record<Field, string>> = {
  name: 'Name',
  channel: 'Channel',
  template: 'Text',
  when: 'When',
  mode: 'Recipients',
  include: '  in any of',
  exclude: '  not in',
  q: '  name, phone',
  location: '  location',
  product: '  product',
  tag: '  tag',
  attribute: '  attribute',
  ids: '  ids',
  purpose: 'Purpose',
  send: '',
}

const hints: Partial<Record<Field, string>> = {
  template: '{first_name|there} {last_name} {phone} {location} {prefered_product}',
  when: 'now if empty · +2h · 2030-01-31 09:00',
  include: 'space chooses segments',
  exclude: 'nobody is left out',
  attribute: 'points:1250',
  ids: '1-500, 7, 9',
}

export function FormScreen({ state }: { readonly state: State }) {
  const { form, columns } = state
  if (!form) return null
  const wide = columns >= 110
  const left = wide ? Math.floor(columns * 0.55) : columns
  const right = wide ? columns - left : columns
  const lines = state.rows - FRAME_LINES
  const tight = !wide && lines < TIGHT_LINES
  // Title, the blank line above the button, the test sender, and what the button says.
  const others = 3 + (tight ? 0 : 1) + (form.busy || form.problem ? 1 : 0)
  const visible = aroundFocus(visibleFields(form.mode), form.focus, lines - others)
  // Title, the other fields, the button with its two lines; and below them a preview of at least one line.
  const most = Math.max(1, Math.min(12, lines - visible.length - (wide ? 5 : 10)))
  const texts = typedLines(form.texts.template.text, undefined, left - LABEL - 4, most).length
  const previewLines = wide ? lines - 2 : lines - others - visible.length - texts
  return (
    <>
      <Line fresh width={columns} pieces={title('New campaign')} />
      {!tight && <Blank />}
      <Box flexDirection={wide ? 'row' : 'column'}>
        <Box flexDirection="column" width={left}>
          {visible.map((field) => (
            <FieldRows key={field} form={form} field={field} width={left} now={state.now} most={most} />
          ))}
          <Line fresh width={left} pieces={[piece(' '), ...testSenderPieces(state.snapshot, form.channel)]} />
        </Box>
        <Box flexDirection="column" width={right}>
          {!wide && previewLines > 0 && <Blank />}
          <Lines fresh width={right} rows={previewRows(form, right, tight).slice(0, Math.max(0, previewLines))} />
        </Box>
      </Box>
    </>
  )
}

/** The fields that there is room for. */
function aroundFocus(all: readonly Field[], focus: Field, room: number): readonly Field[] {
  const from = Math.max(0, Math.min(all.indexOf(focus) - Math.floor(room / 2), all.length - room))
  return all.slice(from, from + Math.max(room, 1))
}

interface RowProps {
  readonly form: Form
  readonly field: Field
  readonly width: number
  readonly now: number
  /** Lines of the text field. */
  readonly most: number
}

function FieldRows({ form, field, width, now, most }: RowProps) {
  const focused = form.focus === field
  if (field === 'send') return <SendRows form={form} focused={focused} width={width} now={now} />
  const label = [piece(focused ? ' ▸ ' : '   ', accent), piece(fit(labels[field], LABEL), focused ? accent : faint)]
  const space = width - LABEL - 4
  const hint = hints[field]
  if (field === 'template' && form.texts.template.text !== '') {
    const { text, cursor } = form.texts.template
    const lines = typedLines(text, focused ? cursor : undefined, space, most)
    const indent = piece(' '.repeat(LABEL + 3))
    return <Lines fresh width={width} rows={lines.map((line, nth) => [...(nth === 0 ? label : [indent]), ...line])} />
  }
  const value = valuePieces(form, field, focused, space, now)
  const empty = isText(field) ? form.texts[field].text === '' : isChoice(field) && form.choice[field].length === 0
  return (
    <Line fresh width={width} pieces={[...label, ...value, ...(hint && empty ? [piece(` ${hint}`, faint)] : [])]} />
  )
}

const purposeTexts: Readonly<Record<Form['purpose'], string>> = {
  marketing: '  not in quiet hours',
  service: '  at any hour',
}

function valuePieces(form: Form, field: Exclude<Field, 'send'>, focused: boolean, space: number, now: number): Piece[] {
  const choice = (options: readonly string[], chosen: string) =>
    options.flatMap((one, nth) => [
      piece(nth === 0 || space < ROOMY ? '' : ' '),
      piece(one === chosen ? `[${one}]` : ` ${one} `, one === chosen ? accent : faint),
    ])
  if (field === 'channel') return choice(['sms', 'whatsapp'], form.channel)
  if (field === 'purpose')
    return [...choice(['marketing', 'service'], form.purpose), piece(purposeTexts[form.purpose], faint)]
  if (field === 'mode') {
    const names = { everyone: 'everyone', segments: 'segments', filter: 'filter', ids: 'ids', none: 'later' }
    return choice(Object.values(names), names[form.mode])
  }
  if (isChoice(field)) {
    const text = cut(chosenText(form.choice[field]), space - 1)
    return focused ? [piece(text, accent), piece(' ', { inverse: true })] : [piece(text)]
  }
  const input = form.texts[field]
  if (focused) return typed(input, space)
  if (field === 'when' && input.text) {
    const when = parseWhen(input.text, now)
    return [piece(input.text), ...('at' in when && when.at ? [piece(`  ${exactMoment(when.at)}`, faint)] : [])]
  }
  return [piece(input.text.replaceAll('\n', '⏎'))]
}

function SendRows({
  form,
  focused,
  width,
  now,
}: {
  readonly form: Form
  readonly focused: boolean
  readonly width: number
  readonly now: number
}) {
  const label = ` ${buttonText(form, now)} `
  const rows: Piece[][] = [
    [piece(' ')],
    [piece(focused ? ' ▸ ' : '   ', accent), piece(label, focused ? { ...accent, inverse: true } : strong)],
  ]
  if (form.busy) rows.push([piece(`   … ${form.busy}`, accent)])
  if (form.problem) rows.push([piece(`   ▲ ${form.problem}`, { color: 'yellow', bold: true })])
  return <Lines fresh width={width} rows={rows} />
}

function buttonText(form: Form, now: number): string {
  const { mode, audience, audienceProblem } = form
  if (mode === 'none' || (audience?.count === 0 && !selectsLater(form, now))) return 'Create as a draft'
  if (audience) return `Create and send to ${plural(audience.count, 'recipient')}`
  return audienceProblem === undefined ? 'Create and send: counting…' : 'Create and send'
}

function previewRows(form: Form, width: number, tight: boolean): Piece[][] {
  const { audience, preview, previewProblem } = form
  const all = isEveryone(form)
  const who = audience
    ? form.mode === 'none'
      ? 'none yet'
      : `${all ? 'all ' : ''}${plural(audience.count, 'customer')}`
    : '…'
  const text = preview ? wrap(preview.text, width - 6).map((line) => [piece('  │ ', faint), piece(line)]) : []
  const characters = preview ? [...preview.text].length : 0
  return [
    form.audienceProblem === undefined
      ? [piece('  Recipients  ', strong), piece(who, accent)]
      : [piece('  Recipients  ', strong), piece(`▲ ${form.audienceProblem}`, { color: 'yellow' })],
    ...(tight ? [] : [[piece(' ')]]),
    [
      piece('  Preview', strong),
      piece(audience?.sample ? `  as ${audience.sample.name} reads it` : '', faint),
      piece(characters ? `, ${count(characters)} characters` : '', faint),
    ],
    ...(previewProblem
      ? [[piece(`  ▲ ${previewProblem}`, { color: 'yellow' })]]
      : text.length > 0
        ? text
        : [[piece('  │ …', faint)]]),
    ...(preview?.warnings ?? []).map((warning) => [piece(`  ▲ ${warning}`, { color: 'yellow' })]),
  ]
}

function isEveryone({ mode, texts, choice }: Form): boolean {
  const { q, location, product, tag, attribute } = texts
  if (mode === 'filter') return [q, location, product, tag, attribute].every(({ text }) => text === '')
  return mode === 'everyone' && choice.exclude.length === 0
}
