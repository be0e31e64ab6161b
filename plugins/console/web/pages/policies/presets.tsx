/** Presets of quiet hours, each with what it rests on and a button that adds it. */
import { useState } from 'react'
import { countryName, countryNames } from '../../../../../core/messaging/text/country-name.ts'
import type { PolicyPreset, QuietHours } from '../../api/types.ts'
import { Confirm } from '../../components/confirm.tsx'
import { Icon } from '../../components/icon.tsx'
import { notify } from '../../components/notices.tsx'
import { Problem } from '../../components/states.tsx'
import { useAction } from '../../hooks/use-action.ts'
import { changePolicies } from './change-policies.ts'
import { conflicts, daysText, isAdded, timesText, withPreset } from './hours-values.ts'

interface PresetsProps {
  readonly presets: readonly PolicyPreset[]
  readonly hours: readonly QuietHours[]
  readonly reload: () => void
}

export function Presets({ presets, hours, reload }: PresetsProps) {
  return (
    <section className="card flush" aria-labelledby="presets-title">
      <div className="card-head">
        <h2 id="presets-title">Presets to start from</h2>
      </div>
      <div className="card-text muted">
        <p>
          They are no legal advice: rules change, and others than those of hours apply. Check them before you rely on
          them.
        </p>
      </div>
      <ul className="presets">
        {presets.map((preset) => (
          <Preset key={preset.name} preset={preset} hours={hours} reload={reload} />
        ))}
      </ul>
    </section>
  )
}

/** Ground of a preset, in words. */
const certaintyNames: Readonly<Record<string, string>> = {
  law: 'A rule in force',
  authority: 'Reported of an authority',
  custom: 'Usual, no rule found',
}

interface PresetProps extends Omit<PresetsProps, 'presets'> {
  readonly preset: PolicyPreset
}

function Preset({ preset, hours, reload }: PresetProps) {
  const { name, quiet_hours, certainty, source, note } = preset
  return (
    <li>
      <div>
        <h3>
          {countryName(name)} <span className="badge badge-words">{certaintyNames[certainty] ?? certainty}</span>
        </h3>
        <p>{wordsOf(quiet_hours)}</p>
        <p className="muted">{source}.</p>
        <p className="muted">{note}.</p>
      </div>
      <AddPreset preset={preset} hours={hours} reload={reload} />
    </li>
  )
}

function AddPreset({ preset, hours, reload }: PresetProps) {
  const action = useAction()
  const [asked, setAsked] = useState(false)
  const replaced = conflicts(hours, preset)
  const place = countryName(preset.name)
  const add = async () => {
    await changePolicies(({ quiet_hours }) => ({ quiet_hours: withPreset(quiet_hours, preset) }))
    notify(`Quiet hours added: ${place}`)
    reload()
  }
  if (replaced.length === 0 && isAdded(hours, preset))
    return (
      <p className="preset-added">
        <Icon name="check" /> Added
      </p>
    )
  return (
    <div className="preset-add">
      <button
        type="button"
        className="button"
        aria-label={`Add quiet hours: ${place}`}
        disabled={action.busy}
        onClick={() => (replaced.length > 0 ? setAsked(true) : void action.run(add))}
      >
        <Icon name="plus" /> {replaced.length > 0 ? 'Add…' : 'Add'}
      </button>
      <Problem>{action.problem}</Problem>
      {asked && (
        <Confirm title={`Replace quiet hours?`} action="Replace them" onConfirm={add} onClose={() => setAsked(false)}>
          <p>The preset takes the place of the quiet hours of {countryNames(replaced)}.</p>
        </Confirm>
      )}
    </div>
  )
}

/** Hours that several countries share are said once. */
function wordsOf(hours: readonly QuietHours[]): string {
  const said = hours.map((one) => `${daysText(one.days)} from ${timesText(one)}`)
  return [...new Set(said)].join('; ')
}
