/** Rule of a segment in words, and the uses of a segment. Pure. */
import { ruleLines, ruleWords } from '../../core/messaging/segments/words.ts'
import type { Segment, SegmentList } from '../state/segments.ts'
import { wrap } from '../text.ts'
import { faint, strong } from '../theme.ts'
import { type Piece, piece } from './line.tsx'

const INDENT = 2

/** Lines of the rule under a heading; the parts of a group stand further to the right. */
export function rulePieces(rule: unknown, names: SegmentList['names'], width: number): Piece[][] {
  const words = ruleWords(rule, {
    segment: (id) => names.segments.get(id),
    campaign: (id) => names.campaigns.get(id),
  })
  const lines = ruleLines(words).flatMap(({ depth, text }) => {
    const indent = ' '.repeat(INDENT * (depth + 1))
    // A line that goes on is indented once more.
    return wrap(text, width - indent.length - INDENT - 1).map((line, nth) => [
      piece(nth === 0 ? indent : indent + ' '.repeat(INDENT)),
      piece(line, text.endsWith(':') ? faint : {}),
    ])
  })
  return [[piece(' Customers who fit', strong)], ...lines]
}

/** `“Everyone else”, campaign #5 Sale` */
export const usesText = (uses: Segment['used_by']): string =>
  uses.map(({ kind, id, name }) => (kind === 'segment' ? `“${name}”` : `campaign #${id} ${name}`)).join(', ')
