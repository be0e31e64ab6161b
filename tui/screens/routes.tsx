/** Routes under the list of senders: who is tried first on each channel, and for each country with senders of its own. */
import { countryName } from '../../core/messaging/text/country-name.ts'
import { Line, type Piece, piece } from '../components/line.tsx'
import type { Route } from '../state/senders.ts'
import { fit, widthOf } from '../text.ts'
import { faint, strong } from '../theme.ts'

interface RoutesProps {
  readonly routes: readonly Route[]
  readonly width: number
}

export function Routes({ routes, width }: RoutesProps) {
  if (routes.length === 0) return null
  return (
    <>
      <Line width={width} pieces={[piece(' Routes', strong)]} />
      {routes.flatMap(({ channel, senders, countries }) => {
        const names = Object.keys(countries).sort()
        const widest = Math.max(9, ...names.map((country) => widthOf(placeOf(country))))
        return [
          <Line key={channel} width={width} pieces={[piece(`  ${fit(channel, widest)}  `), ...inOrder(senders)]} />,
          ...names.map((country) => (
            <Line
              key={`${channel} ${country}`}
              width={width}
              pieces={[piece(`  ${fit(placeOf(country), widest)}  `, faint), ...inOrder(countries[country] ?? [])]}
            />
          )),
        ]
      })}
    </>
  )
}

const placeOf = (country: string) => `  ${country} ${countryName(country)}`

const inOrder = (names: readonly string[]): Piece[] => [
  names.length > 0 ? piece(names.join(' → ')) : piece('nobody', { color: 'yellow' }),
]
