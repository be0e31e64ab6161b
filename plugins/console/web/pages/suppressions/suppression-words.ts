/** Words for suppressions: where each came from, and what its removal means. Pure. */
import { type LiftReport, type Suppression, suppressedChannelNames } from '../../api/types.ts'

const sourceNames: Readonly<Record<Suppression['source'], string>> = {
  api: 'Added by a person or a program',
  import: 'Imported',
  answer: 'Provider’s answer to a message',
  receipt: 'Provider’s receipt',
  inbound: 'Written by the person',
  link: 'Stop link that the person followed',
}

/** Ways in which a message of the person became a suppression. */
const inboundNames: Readonly<Record<string, string>> = {
  near_stop: 'Written by the person, to be decided in the inbox',
  review: 'Written by the person, and decided in the inbox',
  provider: 'Said by the person to the provider',
}

export function sourceText({ source, sender, code }: Suppression): string {
  const name = (source === 'inbound' && inboundNames[code ?? '']) || sourceNames[source]
  return sender ? `${name}, sender ${sender}` : name
}

/** The person was erased: what keeps them suppressed stays. */
export const canBeRemoved = ({ reason }: Suppression): boolean => reason !== 'erased'

const wishes: Readonly<Record<Suppression['reason'], string>> = {
  opt_out: 'Remove it only if the person has asked for messages again: they opted out.',
  complaint: 'Remove it only if the person has asked for messages again: they complained.',
  invalid: 'If the number still cannot be reached, the next failure adds it again.',
  manual: 'Somebody added it by hand: make sure that its reason is gone.',
  erased: '',
}

/** Meaning of a removal, sentence by sentence. */
export const removalText = ({ channel, reason }: Suppression): readonly string[] => [
  `Messages ${channel === 'all' ? 'on all channels' : `by ${suppressedChannelNames[channel]}`} can be sent to this phone again, unless another suppression of it holds. Messages that were skipped stay skipped.`,
  wishes[reason],
]

export const removedText = ({ kept }: LiftReport): string =>
  kept.length > 0 ? 'Suppression removed; others of this phone still hold' : 'Suppression removed'

/** Phones of a text, one on each line, or between commas. */
export const phonesOf = (text: string): string[] =>
  text
    .split(/[\n,;]/)
    .map((one) => one.trim())
    .filter(Boolean)

/** Refusals of phones with the number that each is about, in place of its place in the list. */
export const phoneProblems = (
  details: readonly { readonly path: string; readonly message: string }[],
  phones: readonly string[],
): string[] =>
  details.flatMap(({ path, message }) => {
    const nth = /^phones\[(\d+)\]$/.exec(path)?.[1]
    return nth === undefined ? [] : [`${phones[Number(nth)] ?? ''}: ${message.replace(`${path}: `, '')}`]
  })
