/** The options of `npm run bench`. Pure. */
import { parseArgs } from 'node:util'
import { nearest } from '../../core/text/nearest.ts'

/** In the order in which they run; those of `speed` take turns, round by round. */
export const partNames = [
  'floor',
  'ours',
  'peers',
  'pglite',
  'latency',
  'growth',
  'send',
  'receipts',
  'rates',
  'api',
  'first',
  'due',
  'startup',
  'idle',
  'render',
  'partitions',
  'segments',
  'audience',
] as const
export type PartName = (typeof partNames)[number]

const groups: Readonly<Record<string, readonly PartName[]>> = {
  speed: ['floor', 'ours', 'peers'],
  cost: ['ours', 'startup', 'idle'],
}

export const usage = `npm run bench [-- OPTIONS]
  --quick          all of it in small, in under 5 minutes
  --only PARTS     some parts, with commas between them: ${partNames.slice(0, 6).join(', ')},
                   ${partNames.slice(6).join(', ')}; speed (floor, ours, peers), cost (ours, startup, idle)
  --rounds N       of the parts that are measured in rounds
  --recipients N   of a campaign in floor and ours
  --json FILE      writes every figure
  --write          writes scripts/bench/RESULTS.md and its chart; for a run of all parts`

export interface Options {
  readonly quick: boolean
  readonly parts: ReadonlySet<PartName>
  readonly rounds?: number
  readonly recipients?: number
  readonly json?: string
  readonly write: boolean
  readonly help: boolean
}

export class UsageError extends Error {}

/** @throws UsageError that names the option and what it may be */
export function readOptions(args: readonly string[]): Options {
  const given = parse(args)
  const write = given.write ?? false
  if (write && given.only !== undefined)
    throw new UsageError('--write needs a run of all parts: leave out --only, or --write')
  const rounds = wholeNumber('rounds', given.rounds, 100)
  const recipients = wholeNumber('recipients', given.recipients, 1_000_000)
  return {
    quick: given.quick ?? false,
    parts: new Set(
      given.only === undefined ? partNames : given.only.split(',').flatMap((name) => partsOf(name.trim())),
    ),
    ...(rounds !== undefined && { rounds }),
    ...(recipients !== undefined && { recipients }),
    ...(given.json !== undefined && { json: requireFile(given.json) }),
    write,
    help: given.help ?? false,
  }
}

function parse(args: readonly string[]) {
  const options = {
    quick: { type: 'boolean' },
    only: { type: 'string' },
    rounds: { type: 'string' },
    recipients: { type: 'string' },
    json: { type: 'string' },
    write: { type: 'boolean' },
    help: { type: 'boolean' },
  } as const
  try {
    return parseArgs({ args: [...args], options }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

function partsOf(name: string): readonly PartName[] {
  const part = partNames.find((one) => one === name)
  const group = part ? [part] : groups[name]
  if (group) return group
  const known = [...partNames, ...Object.keys(groups)]
  const meant = nearest(name, known)
  throw new UsageError(`--only: there is no part "${name}"${meant ? `, did you mean "${meant}"?` : ''}`)
}

function wholeNumber(name: string, text: string | undefined, most: number): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (/^[1-9]\d*$/.test(text) && value <= most) return value
  throw new UsageError(`--${name} must be a whole number from 1 to ${most.toLocaleString('en')}, not "${text}"`)
}

function requireFile(text: string): string {
  if (text.trim() === '') throw new UsageError('--json needs the name of a file')
  return text
}

/** Command for the same run, without the file of its figures. */
export function commandOf({ quick, parts, rounds, recipients, write }: Options): string {
  const args = [
    ...(quick ? ['--quick'] : []),
    ...(parts.size < partNames.length ? ['--only', [...parts].join(',')] : []),
    ...(rounds === undefined ? [] : ['--rounds', rounds]),
    ...(recipients === undefined ? [] : ['--recipients', recipients]),
    ...(write ? ['--write'] : []),
  ]
  return ['npm run bench', ...(args.length > 0 ? ['--'] : []), ...args].join(' ')
}
