/** Reads the conditions of a rule on the messages of a customer. Pure. */
import { typeName } from '../../text/text.ts'
import { channels } from '../channel.ts'
import { daysProblem } from './read-test.ts'
import { count, type Place, type Reading, readId, refuse, requireKeys } from './reading.ts'
import { type Condition, type Outcome, outcomes } from './rule.ts'

const keys = {
  campaign: ['campaign', 'outcome', 'within_days'],
  received_within_days: ['received_within_days', 'channel'],
  never_written_to: ['never_written_to'],
} as const

/** @param form the key that tells it apart */
export function readActivity(reading: Reading, form: keyof typeof keys, place: Place): Condition | undefined {
  if (!requireKeys(reading, place, keys[form])) return undefined
  const condition = readers[form](reading, place)
  return condition && count(reading, place.path) ? condition : undefined
}

const readers = { campaign: readCampaign, received_within_days: readReceived, never_written_to: readWritten } as const

function readCampaign(reading: Reading, { value, path }: Place): Condition | undefined {
  const id = readId(reading, value.campaign, `${path}.campaign`, 'campaign')
  const asked = readOutcomes(reading, value.outcome, `${path}.outcome`)
  const withinDays = value.within_days
  const problem = withinDays === undefined ? undefined : daysProblem(withinDays)
  if (problem !== undefined) return refuse(reading, `${path}.within_days`, problem)
  if (id === undefined || !asked) return undefined
  return {
    kind: 'campaign',
    id,
    outcomes: asked,
    path: `${path}.campaign`,
    ...(typeof withinDays === 'number' && { withinDays }),
  }
}

function readOutcomes(reading: Reading, value: unknown, path: string): readonly Outcome[] | undefined {
  if (value === undefined) return []
  if (!Array.isArray(value)) return refuse(reading, path, `must be a list of outcomes, not ${typeName(value)}`)
  if (value.length === 0) return refuse(reading, path, 'must hold an outcome: leave it out for all recipients')
  if (value.length > outcomes.length) return refuse(reading, path, 'must hold each outcome once')
  const unknown = value.findIndex((one) => !outcomes.includes(one))
  if (unknown >= 0) return refuse(reading, `${path}[${unknown}]`, `must be one of ${outcomes.join(', ')}`)
  return value
}

function readReceived(reading: Reading, { value, path }: Place): Condition | undefined {
  const withinDays = value.received_within_days
  const problem = daysProblem(withinDays)
  if (problem !== undefined) return refuse(reading, `${path}.received_within_days`, problem)
  if (value.channel === undefined) return { kind: 'received', withinDays: withinDays as number }
  const channel = channels.find((one) => one === value.channel)
  if (channel === undefined) return refuse(reading, `${path}.channel`, `must be one of ${channels.join(', ')}`)
  return { kind: 'received', withinDays: withinDays as number, channel }
}

function readWritten(reading: Reading, { value, path }: Place): Condition | undefined {
  const never = value.never_written_to
  if (typeof never !== 'boolean')
    return refuse(reading, `${path}.never_written_to`, `must be true or false, not ${typeName(never)}`)
  return never ? { kind: 'not', of: { kind: 'written' } } : { kind: 'written' }
}
