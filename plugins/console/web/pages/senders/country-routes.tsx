/** Countries of a channel's route whose phones go by other senders: each can be added, changed and removed. */
import { useState } from 'react'
import { countryName } from '../../../../../core/messaging/text/country-name.ts'
import { problemAt } from '../../api/client.ts'
import { channelNames, type Route, type Sender } from '../../api/types.ts'
import { RouteSteps } from './route-steps.tsx'

type Countries = Readonly<Record<string, readonly string[]>>

interface CountryRoutesProps {
  readonly channel: Route['channel']
  readonly senders: readonly Sender[]
  readonly countries: Countries
  /** Senders with which a country that is added begins. */
  readonly first: readonly string[]
  readonly error: unknown
  readonly onChange: (countries: Countries) => void
}

export function CountryRoutes({ channel, senders, countries, first, error, onChange }: CountryRoutesProps) {
  const codes = Object.keys(countries).sort()
  const without = (code: string) => Object.fromEntries(Object.entries(countries).filter(([one]) => one !== code))
  return (
    <>
      {codes.map((code) => {
        const names = countries[code] ?? []
        const problem = problemAt(error, `countries.${code}`)
        const name = countryName(code)
        return (
          <section key={code} aria-label={name}>
            <h3>
              {name} ({code})
            </h3>
            {names.length === 0 && (
              <p className="warning">
                No sender: {channelNames[channel]} to {name} waits.
              </p>
            )}
            <RouteSteps
              channel={channel}
              senders={senders}
              names={names}
              place={` for ${name}`}
              addLabel={`Choose a sender for ${name}`}
              problems={names.map((_, nth) => problemAt(error, `countries.${code}.${nth}`))}
              onChange={(next) => onChange({ ...countries, [code]: next })}
            />
            {problem && <p className="field-problem">{problem}</p>}
            <button type="button" className="button" onClick={() => onChange(without(code))}>
              Use the {channelNames[channel]} route for {name}
            </button>
          </section>
        )
      })}
      <AddCountry taken={codes} onAdd={(code) => onChange({ ...countries, [code]: first })} />
    </>
  )
}

interface AddCountryProps {
  readonly taken: readonly string[]
  readonly onAdd: (code: string) => void
}

function AddCountry({ taken, onAdd }: AddCountryProps) {
  const [text, setText] = useState('')
  const code = text.trim().toUpperCase()
  const isKnown = /^[A-Z]{2}$/.test(code) && countryName(code) !== code
  const add = () => {
    onAdd(code)
    setText('')
  }
  return (
    <div className="action-row">
      <input
        className="input"
        aria-label="Country code, such as KE"
        placeholder="Country code, such as KE"
        maxLength={2}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="button" className="button" disabled={!isKnown || taken.includes(code)} onClick={add}>
        {isKnown ? `Add ${countryName(code)}` : 'Add country'}
      </button>
    </div>
  )
}
