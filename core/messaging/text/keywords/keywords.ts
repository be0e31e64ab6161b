/**
 * Reading of a text that a person wrote to a sender.
 *
 * - `stop`: it is one of the stop words, and nothing else. The person opts out.
 * - `near_stop`: it is none, but a reasonable person may read it as the wish to opt out: "please stop", "no more", "Stooop". The
 *   person is suppressed until somebody has reviewed it: to write to them against their wish costs more than to miss them.
 * - `start`, `help`: it is one of these words, and nothing else.
 * - `other`: anything else, with phrases that hold a stop word and mean something else: "don't stop", "bus stop", "non-stop".
 *
 * A longer text that says both, "Don't stop the music, but stop these messages", is a near miss. Pure.
 */
import { distance } from '../../../text/nearest.ts'
import { isSpelt, joinWords, normalizeWords } from './normalize.ts'
import { type LanguageWords, languages } from './words.ts'

export type WrittenIntent = 'stop' | 'start' | 'help' | 'near_stop' | 'other'

/** Words of an installation, in addition to those that everybody has. */
export interface OwnKeywords {
  readonly stop?: readonly string[] | undefined
  readonly start?: readonly string[] | undefined
  readonly help?: readonly string[] | undefined
}

export interface KeywordReader {
  read(text: string): WrittenIntent
}

/** Characters that are looked at. What is longer than a few parts of an SMS is no keyword, but may say to stop. */
const LONGEST = 2000
/** Words up to which one of many meanings counts by itself: "cancel it all" is about something, "cancel all" about us. */
const SHORT = 2
/** Signs that people send instead of a word. */
const stopSigns = /[\u{1F6D1}\u{1F6AB}\u{26D4}\u{1F515}]/u

const tableOf = (name: keyof LanguageWords) => languages.flatMap((language) => language[name]).map(normalizeWords)
const common = {
  stop: tableOf('stop'),
  stopAlone: tableOf('stopAlone'),
  start: tableOf('start'),
  help: tableOf('help'),
  near: openPhrases(tableOf('near')),
  about: openPhrases(tableOf('about')),
  harmless: openPhrases(tableOf('harmless')),
}

/** Prepares reading. What opts out does so whatever else an installation takes it for. */
export function openKeywords(own: OwnKeywords = {}): KeywordReader {
  const exact = new Map<string, WrittenIntent>()
  const learn = (intent: WrittenIntent, words: readonly string[]) => {
    for (const word of words) for (const form of [word, joinWords(word)]) if (word !== '') exact.set(form, intent)
  }
  const ownStop = (own.stop ?? []).map(normalizeWords).filter((word) => word !== '')
  learn('help', [...common.help, ...(own.help ?? []).map(normalizeWords)])
  learn('start', [...common.start, ...(own.start ?? []).map(normalizeWords)])
  learn('stop', [...common.stop, ...common.stopAlone, ...ownStop])
  const clear = openPhrases([...common.stop, ...ownStop])
  const vague = openPhrases(common.stopAlone)
  return { read: (text) => readWith(exact, clear, vague, text.slice(0, LONGEST)) }
}

type Phrases = RegExp

function readWith(
  exact: ReadonlyMap<string, WrittenIntent>,
  clear: Phrases,
  vague: Phrases,
  text: string,
): WrittenIntent {
  const normalized = normalizeWords(text)
  if (normalized === '') return stopSigns.test(text) ? 'near_stop' : 'other'
  const words = normalized.split(' ')
  const whole = exact.get(isSpelt(words) ? joinWords(normalized) : normalized) ?? exactWord(exact, text, words)
  if (whole) return whole
  const rest = ` ${normalized} `.replace(common.harmless, ' | ')
  if (rest.search(common.near) >= 0 || rest.search(clear) >= 0) return 'near_stop'
  const isAbout = words.length <= SHORT || rest.search(common.about) >= 0
  if (isAbout && rest.search(vague) >= 0) return 'near_stop'
  return words.length === 1 && isMisspelt(normalized) ? 'near_stop' : 'other'
}

/** One word in pieces, "opt-out" and "S.T.O.P", or repeated: "stop stop STOP". */
function exactWord(
  exact: ReadonlyMap<string, WrittenIntent>,
  text: string,
  words: readonly string[],
): WrittenIntent | undefined {
  const [first = ''] = words
  if (words.every((word) => word === first)) return exact.get(first)
  return /\s/.test(text.trim()) ? undefined : exact.get(joinWords(words.join(' ')))
}

/** Finds any of the phrases as whole words in a text with a space on either side, the longest first. */
function openPhrases(phrases: readonly string[]): Phrases {
  const longest = [...new Set(phrases)].filter((phrase) => phrase !== '').sort((a, b) => b.length - a.length)
  // The space behind is left for the phrase that follows.
  return new RegExp(` (?:${longest.join('|')})(?= )`, 'gu')
}

const typed = ['UNSUBSCRIBE', 'STOPALL', 'DESABONNER', 'ABMELDEN', 'CANCELAR', 'DESINSCRIRE', 'DESCADASTRAR'] as const

/** "STPO", "STOOOP", "STOP2", "UNSUSCRIBE". Not "SHOP" or "STEP": short words have too many neighbours. */
function isMisspelt(word: string): boolean {
  const letters = word.replace(/\p{N}+$/u, '')
  const once = letters.replace(/(\p{L})\1+/gu, '$1')
  if (once === 'STOP' || ['STPO', 'SOTP', 'TSOP', 'STOPO', 'STIOP'].includes(letters)) return true
  return letters.length >= 7 && typed.some((keyword) => letters !== keyword && distance(letters, keyword) <= 2)
}
