/** Patterns of the names that spoilt placeholders hold: those of fields, and of the attributes that are declared. Pure. */
import type { AttributeTypes } from '../contacts/attributes.ts'

export interface PlaceholderNames {
  /** Length of the shortest. */
  readonly shortest: number
  /** In words: names of two or more, and of one. */
  readonly compound: RegExp
  readonly single: RegExp
  /** At the beginning of a text. */
  readonly compoundStart: RegExp
  readonly singleStart: RegExp
  /** Between the signs of other programs. */
  readonly foreign: RegExp
  /** The name whose words `compound` found. */
  nameOf(words: string): string
}

const fields = {
  compound: ['first ?name', 'last ?name', 'preferr?ed ?product'],
  single: ['phone', 'location'],
  strict: ['(?:first|last)_name', 'preferr?ed_product'],
} as const
const SHORTEST_FIELD = 'phone'.length
/** Between signs that stand for braces, any text is looked at. */
const loose = '[^%&{}]{1,64}'

const ofFields = openNames([])
const known = new WeakMap<AttributeTypes, PlaceholderNames>()

export function namesFor(attributes: AttributeTypes): PlaceholderNames {
  if (attributes.size === 0) return ofFields
  const found = known.get(attributes)
  if (found) return found
  const made = openNames([...attributes.keys()])
  known.set(attributes, made)
  return made
}

/** @param names of attributes, which hold nothing but letters, digits and underscores */
function openNames(names: readonly string[]): PlaceholderNames {
  const long = names.filter((name) => name.includes('_'))
  const short = names.filter((name) => !name.includes('_'))
  const byWords = new Map(long.map((name) => [name.replaceAll('_', ''), name]))
  const compounds = [...fields.compound, ...long.map((name) => name.replace(/_+/g, ' ?'))].join('|')
  const singles = [...fields.single, ...short].join('|')
  return {
    shortest: Math.min(SHORTEST_FIELD, ...names.map(({ length }) => length)),
    compound: new RegExp(`(?:^| )(${compounds})(?: |$)`),
    single: new RegExp(`(?:^| )(${singles})(?: |$)`),
    compoundStart: new RegExp(`^(${compounds.replaceAll(' ?', ' ')})\\b`, 'i'),
    singleStart: new RegExp(`^["']?(${singles})["']?(?! ?[\\p{L}\\p{N}])`, 'iu'),
    foreign: foreignNames([...fields.strict, ...long].join('|')),
    nameOf: (words) => byWords.get(words.replaceAll(' ', '')) ?? words.replace(/ ?(name|product)$/, '_$1'),
  }
}

function foreignNames(strict: string): RegExp {
  const signs = [
    `%(${strict})%`,
    `(?<![\\w\\]])\\[(${strict})\\](?!=)`,
    `<(${strict})>`,
    `«(${strict})»`,
    `(?<![\\w?&=])\\$(${strict})(?![\\w=])`,
    `(?<![\\w{])(${strict})["' ]?\\}`,
    `%7B(${loose})%7D`,
    `&(?:#123|#x7b|lbrace|lcub);(${loose})&(?:#125|#x7d|rbrace|rcub);`,
    '[｛﹛❴]([^｛﹛❴｝﹜❵{}]{1,64})[｝﹜❵}]',
  ]
  return new RegExp(signs.join('|'), 'giu')
}
