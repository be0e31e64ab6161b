/** One line of the screen: pieces of text, each with a style of its own. It is a single node for the layout. */
import { Text } from 'ink'
import { createContext, useContext } from 'react'
import { clean, cut, widthOf } from '../text.ts'
import type { Ink } from '../theme.ts'

export interface Piece extends Ink {
  readonly text: string
}

export const piece = (text: string, ink: Ink = {}): Piece => ({ text: clean(text), ...ink })

/** Outdated figures are dimmed. */
export const Stale = createContext(false)

/** Cuts or pads a line to `width` cells. */
export function fitPieces(pieces: readonly Piece[], width: number): Piece[] {
  const fitted: Piece[] = []
  let left = width
  for (const one of pieces) {
    if (left <= 0) break
    const text = cut(one.text, left)
    fitted.push(text === one.text ? one : { ...one, text })
    left -= widthOf(text)
  }
  if (left > 0) fitted.push({ text: ' '.repeat(left) })
  return fitted
}

interface Props {
  readonly pieces: readonly Piece[]
  readonly width: number
  /** True for the selected line. */
  readonly selected?: boolean
  /** Dimmed or not, whatever the age of the figures: for text that is not a figure. */
  readonly fresh?: boolean
}

export function Line({ pieces, width, selected = false, fresh = false }: Props) {
  const stale = useContext(Stale) && !fresh
  return (
    <Text wrap="truncate">
      {fitPieces(pieces, width).map(({ text, color, bold, dim, inverse }, nth) => (
        <Text
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no identity but their place
          key={nth}
          dimColor={(dim === true && !selected) || stale}
          bold={bold === true || selected}
          inverse={inverse === true}
          {...(color && !stale ? { color } : {})}
        >
          {text}
        </Text>
      ))}
    </Text>
  )
}

/** An empty line. */
export const Blank = () => <Text> </Text>

/** Several lines, one below the other. */
export function Lines({ rows, ...rest }: Omit<Props, 'pieces'> & { readonly rows: readonly (readonly Piece[])[] }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: a line has no identity but its place
  return rows.map((pieces, nth) => <Line key={nth} pieces={pieces} {...rest} />)
}
