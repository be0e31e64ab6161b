/** Senders in order of preference, which can be moved, added and removed: of a channel, or of one of its countries. */
import type { Route, Sender } from '../../api/types.ts'
import { Icon, type IconName } from '../../components/icon.tsx'

interface RouteStepsProps {
  readonly channel: Route['channel']
  readonly senders: readonly Sender[]
  readonly names: readonly string[]
  /** Added to the labels of buttons, which are read out without the heading: ` for Kenya`. */
  readonly place?: string
  readonly addLabel: string
  /** Problem of each name, as the API says. */
  readonly problems: readonly (string | undefined)[]
  readonly onChange: (names: readonly string[]) => void
}

export function RouteSteps({ names, problems, place = '', onChange, ...adding }: RouteStepsProps) {
  return (
    <>
      <ol className="route">
        {names.map((name, nth) => (
          <Step key={name} names={names} nth={nth} place={place} problem={problems[nth]} onChange={onChange} />
        ))}
      </ol>
      <Adding {...adding} names={names} onChange={onChange} />
    </>
  )
}

interface StepProps extends Pick<RouteStepsProps, 'names' | 'onChange'> {
  readonly nth: number
  readonly place: string
  readonly problem: string | undefined
}

/** A sender of the route, with buttons that move and remove it. */
function Step({ names, nth, place, problem, onChange }: StepProps) {
  const name = names[nth] ?? ''
  const move = (by: 1 | -1) => {
    const next = names.filter((one) => one !== name)
    onChange(next.toSpliced(nth + by, 0, name))
  }
  const button = (label: string, icon: IconName, disabled: boolean, run: () => void) => (
    <button
      type="button"
      className="icon-button"
      aria-label={`${label} ${name}${place}`}
      disabled={disabled}
      onClick={run}
    >
      <Icon name={icon} />
    </button>
  )
  return (
    <li>
      <span className="route-step">
        <span>{name}</span>
        {button('Move up', 'up', nth === 0, () => move(-1))}
        {button('Move down', 'down', nth === names.length - 1, () => move(1))}
        {button('Remove', 'close', false, () => onChange(names.filter((one) => one !== name)))}
      </span>
      {problem && <span className="field-problem">{problem}</span>}
    </li>
  )
}

type AddingProps = Pick<RouteStepsProps, 'channel' | 'senders' | 'names' | 'addLabel' | 'onChange'>

function Adding({ channel, senders, names, addLabel, onChange }: AddingProps) {
  const others = senders.filter(({ name, channels }) => channels.includes(channel) && !names.includes(name))
  if (others.length === 0) return null
  return (
    <select
      className="select"
      aria-label={addLabel}
      value=""
      onChange={(event) => event.target.value && onChange([...names, event.target.value])}
    >
      <option value="">Add a sender…</option>
      {others.map(({ name }) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  )
}
