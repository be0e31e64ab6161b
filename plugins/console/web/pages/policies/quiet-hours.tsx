/** Quiet hours of all countries: a list of them, with a form for one and a question before one is deleted. */
import { useState } from 'react'
import type { QuietHours } from '../../api/types.ts'
import { Confirm } from '../../components/confirm.tsx'
import { Icon } from '../../components/icon.tsx'
import { notify } from '../../components/notices.tsx'
import { Empty } from '../../components/states.tsx'
import { ANY_COUNTRY, placeName } from '../../text/places.ts'
import { changePolicies } from './change-policies.ts'
import { HoursForm } from './hours-form.tsx'
import { changed, daysText, sorted, timesText, without } from './hours-values.ts'

/** Dialog and the hours that it is about. */
interface Open {
  readonly action: 'edit' | 'remove'
  /** Undefined: new ones. */
  readonly hours?: QuietHours
}

interface QuietHoursCardProps {
  readonly hours: readonly QuietHours[]
  readonly reload: () => void
}

export function QuietHoursCard({ hours, reload }: QuietHoursCardProps) {
  const [open, setOpen] = useState<Open>()
  const done = (text: string) => {
    setOpen(undefined)
    notify(text)
    reload()
  }
  return (
    <section className="card flush" aria-labelledby="quiet-hours-title">
      <div className="card-head">
        <h2 id="quiet-hours-title">Quiet hours</h2>
        <button type="button" className="button button-primary" onClick={() => setOpen({ action: 'edit' })}>
          <Icon name="plus" /> New quiet hours
        </button>
      </div>
      <Meaning />
      {hours.length === 0 ? (
        <Empty title="No quiet hours">Marketing messages start at any hour, day or night.</Empty>
      ) : (
        <HoursTable hours={sorted(hours)} onOpen={setOpen} />
      )}
      {open && <HoursDialog {...open} all={hours} onDone={done} onClose={() => setOpen(undefined)} />}
    </section>
  )
}

const Meaning = () => (
  <div className="card-text muted">
    <p>
      In quiet hours no marketing message starts. Messages that are due wait until the hours end, which costs them no
      attempt, unless their campaign expires before. A change holds two seconds after it is saved, for messages that
      wait too.
    </p>
    <p>
      The clock is that of the customer’s time zone, or else that of the country. Where a country has several time
      zones, messages start only while no zone has quiet hours. Several entries of a country count together, in place of
      those of all other countries.
    </p>
  </div>
)

interface HoursTableProps {
  readonly hours: readonly QuietHours[]
  readonly onOpen: (open: Open) => void
}

function HoursTable({ hours, onOpen }: HoursTableProps) {
  return (
    <table className="list stack customers">
      <thead>
        <tr>
          <th scope="col">Country</th>
          <th scope="col">Quiet hours</th>
          <th scope="col">Beginning on</th>
          <th scope="col">
            <span className="unseen">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {hours.map((one) => (
          <HoursRow key={nameOf(one)} hours={one} onOpen={onOpen} />
        ))}
      </tbody>
    </table>
  )
}

const nameOf = (hours: QuietHours): string =>
  `${placeName(hours.country)}, ${timesText(hours)}, ${daysText(hours.days).toLowerCase()}`

function HoursRow({ hours, onOpen }: Pick<HoursTableProps, 'onOpen'> & { readonly hours: QuietHours }) {
  const name = nameOf(hours)
  return (
    <tr>
      <th scope="row">{placeName(hours.country)}</th>
      <td>{timesText(hours)}</td>
      <td>{daysText(hours.days)}</td>
      <td className="row-actions">
        <button
          type="button"
          className="icon-button"
          aria-label={`Change ${name}`}
          onClick={() => onOpen({ action: 'edit', hours })}
        >
          <Icon name="edit" />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label={`Delete ${name}`}
          onClick={() => onOpen({ action: 'remove', hours })}
        >
          <Icon name="bin" />
        </button>
      </td>
    </tr>
  )
}

interface HoursDialogProps extends Open {
  readonly all: readonly QuietHours[]
  readonly onDone: (text: string) => void
  readonly onClose: () => void
}

function HoursDialog({ action, hours, all, onDone, onClose }: HoursDialogProps) {
  if (action === 'remove' && hours) {
    const confirm = async () => {
      await changePolicies(({ quiet_hours }) => ({ quiet_hours: without(quiet_hours, hours) }))
      onDone('Quiet hours deleted')
    }
    return (
      <Confirm
        title="Delete these quiet hours?"
        danger
        action="Delete the quiet hours"
        onConfirm={confirm}
        onClose={onClose}
      >
        <p>{nameOf(hours)}</p>
        <p>{consequenceOf(hours, all)}</p>
      </Confirm>
    )
  }
  const saveAs = async (next: QuietHours) => {
    await changePolicies(({ quiet_hours }) => ({ quiet_hours: changed(quiet_hours, next, hours) }))
    onDone('Quiet hours saved')
  }
  return <HoursForm hours={hours} onSave={saveAs} onClose={onClose} />
}

function consequenceOf(hours: QuietHours, all: readonly QuietHours[]): string {
  const rest = without(all, hours)
  const has = (country: string) => rest.some((one) => one.country === country)
  if (has(hours.country)) return 'The other entries of this country stay.'
  if (has(ANY_COUNTRY)) return 'The hours of all other countries then hold for this one too.'
  return 'Messages that wait for them to end then start at once.'
}
