/** Option `--provider` of the demo and the cluster: the fake provider to send through. Pure. */
import { parseArgs } from 'node:util'
import { BootError } from '../../core/errors.ts'
import { nearest } from '../../core/text/nearest.ts'
import { type FakeKind, fakeKinds } from '../../test/support/providers/fake-sender.ts'

export interface ProviderOption {
  /** Undefined: the command sends as it does without the option. */
  readonly provider: FakeKind | undefined
  readonly help: boolean
}

/** Lines of a command's usage. */
export const providerUsage = `  --provider NAME  sends through a fake of that provider, a process on this machine that also posts receipts:
                   ${fakeKinds.join(', ')}
  --help           prints this text`

/**
 * @param command as a user types it
 * @throws BootError that names the option and what it may be
 */
export function readProviderOption(command: string, args: readonly string[]): ProviderOption {
  const { provider, help = false } = parse(command, args)
  return { provider: provider === undefined ? undefined : kindOf(provider), help }
}

function parse(command: string, args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { provider: { type: 'string' }, help: { type: 'boolean' } } }).values
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new BootError(`${reason}\nSee ${command} -- --help.`, { cause: error })
  }
}

function kindOf(name: string): FakeKind {
  const kind = fakeKinds.find((one) => one === name.trim().toLowerCase())
  if (kind) return kind
  const meant = nearest(name.trim().toLowerCase(), fakeKinds)
  throw new BootError(
    `--provider: there is no fake of "${name.slice(0, 60)}"${meant ? `, did you mean "${meant}"?` : `; there are ${fakeKinds.join(', ')}`}`,
  )
}
