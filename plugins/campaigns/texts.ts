/** Texts by language of a request: their schema, and their tags in canonical spelling. */
import { t } from 'elysia'
import { AppError, type ErrorDetail, errors } from '../../core/errors.ts'
import { nullable, problemOf, text, valuesByName } from '../../core/http/fields.ts'
import { readLanguage } from '../../core/messaging/contacts/locale.ts'
import { MAX_TEXTS, type TextsByLanguage } from '../../core/messaging/text/languages.ts'

/** Characters of a text, at most. */
export const MAX_TEXT = 4096

const oneText = text({ min: 1, max: MAX_TEXT, description: 'Text for one language, written as base_template is' })

export const textsField = t.Optional(
  nullable(
    valuesByName({
      values: oneText,
      most: MAX_TEXTS,
      description: `Texts by language, beside base_template: at most ${MAX_TEXTS}, each under a BCP 47 tag. A customer gets the text of their language, or that of a wider one (\`pt\` for \`pt-BR\`), otherwise base_template. All are replaced together. Not with a template. Null, empty or absent: everybody gets base_template`,
      example: { sw: 'Habari {first_name|rafiki}!', fr: 'Bonjour {first_name|à vous} !' },
    }),
  ),
)

type Given = Readonly<Record<string, unknown>> | null

/**
 * The body with its texts under canonical tags.
 * @throws AppError INVALID_REQUEST with each text that is wrong, as `texts.sw`
 */
export function withTexts<B extends { readonly texts?: Given }>({
  texts,
  ...body
}: B): Omit<B, 'texts'> & { texts?: TextsByLanguage | null } {
  return texts === undefined ? body : { ...body, texts: readTexts(texts) }
}

/** Problems that one answer lists, and characters of a tag that it repeats. */
const [MOST_PROBLEMS, MOST_SHOWN] = [20, 40]

function readTexts(given: Given): TextsByLanguage | null {
  const entries = Object.entries(given ?? {})
  if (entries.length === 0) return null
  if (entries.length > MAX_TEXTS)
    throw refuse([{ path: 'texts', message: `texts has ${entries.length} languages: give at most ${MAX_TEXTS}` }])
  const texts = new Map<string, string>()
  const problems: ErrorDetail[] = []
  for (const [tag, value] of entries) {
    const path = `texts.${tag.slice(0, MOST_SHOWN).toWellFormed()}`
    const read = readLanguage(tag)
    const problem =
      'problem' in read ? `${read.problem}` : texts.has(read.value) ? twice(read.value) : problemOf(oneText, value)
    if (problem !== undefined) problems.push({ path, message: `${path} ${problem}` })
    else if ('value' in read) texts.set(read.value, value as string)
    if (problems.length === MOST_PROBLEMS) break
  }
  if (problems.length > 0) throw refuse(problems)
  return Object.fromEntries(texts)
}

const twice = (tag: string) => `is the same language as texts.${tag}: keep one of them`

function refuse(problems: readonly ErrorDetail[]): AppError {
  const [first] = problems
  const message = problems.length === 1 ? first?.message : undefined
  return new AppError(
    errors.INVALID_REQUEST,
    message ?? `The request has ${problems.length} problems: see details`,
    problems,
  )
}
