/** Tab of a campaign's screen: its text as a customer reads it, and its texts in other languages. */
import { Lines, type Piece, piece } from '../components/line.tsx'
import { factsOf, personName } from '../facts.ts'
import type { Detail } from '../state/campaign.ts'
import { wrap } from '../text.ts'
import { accent, faint, strong } from '../theme.ts'

export function Template({ detail, width }: { readonly detail: Detail; readonly width: number }) {
  const { campaign } = detail
  const others = Object.entries(campaign?.texts ?? {})
  const approved = campaign?.template && `${campaign.template.name} (${campaign.template.language})`
  const rows: Piece[][] = [
    [piece('  Text', strong), piece(others.length > 0 ? `  default; also in ${namesOf(others)}` : '', faint)],
    ...textRows(campaign?.base_template ?? '', width),
    ...(approved ? [[piece('  Sent as the approved template ', faint), piece(approved, accent)]] : []),
    [piece(' ')],
    ...previewRows(detail, width),
    // Last, because there may be more of them than the screen has lines.
    ...others.flatMap(([tag, text]) => [
      [piece(' ')],
      [piece('  Text in ', strong), piece(tag, accent)],
      ...textRows(text, width),
    ]),
  ]
  return <Lines width={width} rows={rows} />
}

const namesOf = (texts: readonly (readonly [string, string])[]) => texts.map(([tag]) => tag).join(', ')

const textRows = (text: string, width: number): Piece[][] =>
  wrap(text, width - 6).map((line) => [piece('  │ ', faint), piece(line)])

function previewRows({ campaign, preview, previewProblem, customer }: Detail, width: number): Piece[][] {
  const who = preview ? personName(preview.customer) : ''
  const facts = preview ? wrap(factsOf(preview.customer).join(' · '), width - 4).filter(Boolean) : []
  const chosen = preview && campaign?.texts ? `, who gets ${nameOfText(preview.used_text)}` : ''
  return [
    [
      piece('  Preview for customer ', strong),
      piece(customer.text || (preview ? String(preview.customer.id) : '–'), accent),
      piece('▏', { inverse: true }),
      piece(who && `  ${who}${chosen}`, faint),
      piece('   type an id', faint),
    ],
    ...facts.map((line) => [piece(`  ${line}`, faint)]),
    ...(previewProblem
      ? [[piece(`  ▲ ${previewProblem}`, { color: 'yellow' })]]
      : textRows(preview?.rendered_message ?? '…', width)),
    ...(preview?.warnings ?? []).map((warning) => [piece(`  ▲ ${warning}`, { color: 'yellow' })]),
  ]
}

/** @param path field of the API: `texts.sw` */
const nameOfText = (path: string): string =>
  path.startsWith('texts.') ? `the text in ${path.slice('texts.'.length)}` : 'the default text'
