/** Card of a channel's route: its senders, and those of countries that have their own. */
import { useState } from 'react'
import { errorText, problemAt, write } from '../../api/client.ts'
import { channelNames, type Route, type Sender } from '../../api/types.ts'
import { notify } from '../../components/notices.tsx'
import { Problem } from '../../components/states.tsx'
import { dateTime } from '../../text/format.ts'
import { CountryRoutes } from './country-routes.tsx'
import { RouteSteps } from './route-steps.tsx'
import { inWords, type Lists, useRouteEdit } from './use-route-edit.ts'

interface RouteCardProps {
  readonly route: Route
  readonly senders: readonly Sender[]
  readonly reload: () => void
}

export function RouteCard({ route, senders, reload }: RouteCardProps) {
  const { channel, set_at } = route
  const edit = useRouteEdit(route)
  const { busy, error, save, forget } = useSave(route, edit.saved, reload)
  const { senders: names, countries } = edit.shown
  const title = `route-${channel}`
  const change = (changes: Partial<Lists>) => {
    forget()
    edit.change(changes)
  }
  const undo = () => {
    forget()
    edit.undo()
  }
  const atNames = names.map((_, nth) => problemAt(error, `senders.${nth}`))
  const common = { channel, senders }
  return (
    <section className="card" aria-labelledby={title}>
      <h2 id={title}>{channelNames[channel]} route</h2>
      <p className="muted">{set_at ? `Changed ${dateTime(set_at)}` : 'From the settings'}</p>
      {names.length === 0 && <p className="warning">No sender: {channelNames[channel]} campaigns wait.</p>}
      <RouteSteps
        {...common}
        names={names}
        addLabel={`Add a sender to the ${channelNames[channel]} route`}
        problems={atNames}
        onChange={(next) => change({ senders: next })}
      />
      <CountryRoutes
        {...common}
        countries={countries}
        first={names}
        error={error}
        onChange={(next) => change({ countries: next })}
      />
      {edit.isOutdated && (
        <p className="warning">The route was changed meanwhile to: {inWords(route)}. Saving replaces that.</p>
      )}
      <Problem>{error !== undefined && !atNames.some(Boolean) && errorText(error)}</Problem>
      <Actions
        busy={busy}
        isChanged={edit.isChanged}
        isSet={set_at !== null}
        save={() => void save(edit.shown)}
        undo={undo}
        reset={() => void save(null)}
      />
    </section>
  )
}

/** @param saved told of what was saved, before the route is loaded again */
function useSave({ channel }: Route, saved: (to: Lists) => void, reload: () => void) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  /** @param to null: the route of the settings */
  const save = async (to: Lists | null) => {
    setBusy(true)
    setError(undefined)
    try {
      const body = to ? { senders: to.senders, countries: to.countries } : { senders: null }
      await write('PUT', `/routes/${channel}`, body)
      if (to) saved(to)
      const name = channelNames[channel]
      notify(to ? `${name} route changed` : `${name} route comes from the settings at the next start`)
      reload()
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  return { busy, error, save, forget: () => setError(undefined) }
}

interface ActionsProps {
  readonly busy: boolean
  readonly isChanged: boolean
  /** True if the route is not that of the settings. */
  readonly isSet: boolean
  readonly save: () => void
  readonly undo: () => void
  readonly reset: () => void
}

function Actions({ busy, isChanged, isSet, save, undo, reset }: ActionsProps) {
  return (
    <div className="action-row">
      {isChanged && (
        <>
          <button type="button" className="button button-primary" disabled={busy} onClick={save}>
            Save route
          </button>
          <button type="button" className="button" onClick={undo}>
            Undo changes
          </button>
        </>
      )}
      {!isChanged && isSet && (
        <button type="button" className="button" disabled={busy} onClick={reset}>
          Use the settings again
        </button>
      )}
    </div>
  )
}
