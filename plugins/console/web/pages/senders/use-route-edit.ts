/** Edit of a route. The page goes on loading the route; what is edited stays until it is saved or undone. */
import { useState } from 'react'
import { countryName } from '../../../../../core/messaging/text/country-name.ts'

/** Senders of the channel, and of countries that have their own. */
export interface Lists {
  readonly senders: readonly string[]
  readonly countries: Readonly<Record<string, readonly string[]>>
}

interface Edit {
  /** Routes that the edit knows of: the one that was edited, and those that were saved from here since. */
  readonly known: readonly Lists[]
  readonly to: Lists
}

/** `main, spare; Kenya: spare` */
export const inWords = ({ senders, countries }: Lists) =>
  [
    senders.join(', ') || 'no sender',
    ...Object.keys(countries)
      .sort()
      .map((code) => `${countryName(code)}: ${countries[code]?.join(', ') || 'no sender'}`),
  ].join('; ')

const isSame = (one: Lists, other: Lists) => inWords(one) === inWords(other)

/** True for a route that was loaded before the last one was saved. */
const isStale = ({ known }: Edit, route: Lists) => {
  const latest = known.at(-1)
  return latest !== undefined && !isSame(latest, route) && known.some((one) => isSame(one, route))
}

export function useRouteEdit(route: Lists) {
  const [edit, setEdit] = useState<Edit>()
  if (edit && isSame(edit.to, route) && !isStale(edit, route)) setEdit(undefined)
  const shown: Lists = edit?.to ?? route
  const isChanged = !isSame(shown, route)
  return {
    shown,
    isChanged,
    /** Somebody else has changed the route meanwhile. */
    isOutdated: isChanged && edit !== undefined && !edit.known.some((known) => isSame(known, route)),
    change: (changes: Partial<Lists>) => setEdit({ known: edit?.known ?? [route], to: { ...shown, ...changes } }),
    undo: () => setEdit(undefined),
    saved: (to: Lists) => setEdit((current) => current && { ...current, known: [...current.known, to] }),
  }
}
