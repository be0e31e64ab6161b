/** Condition for sending the texts of a campaign: each of their placeholders names a field, or a declared attribute. */
import type { Kysely } from 'kysely'
import { AppError } from '../../errors.ts'
import { findAttributeTypes } from '../contacts/attribute-store.ts'
import { noAttributes } from '../contacts/attributes.ts'
import { messagingErrors } from '../errors.ts'
import type { Database } from '../schema.ts'
import { listTexts } from '../text/languages.ts'
import { mayNameAttribute } from '../text/placeholder.ts'
import { compileTemplate, warnings } from '../text/template.ts'
import type { Texts } from './audience.ts'

const NO_LINKS = '{stop_link} leads nowhere: set PUBLIC_URL to the address at which people reach this service'

/** @param hasLinks true where `{stop_link}` leads somewhere @throws AppError TEMPLATE_UNKNOWN_PLACEHOLDER */
export async function requireKnownNames(
  db: Kysely<Pick<Database, 'attributes'>>,
  campaignId: number,
  campaign: Texts,
  hasLinks: boolean,
): Promise<void> {
  const parameters = campaign.template?.parameters ?? []
  const texts = [
    ...listTexts(campaign),
    ...parameters.map((text, nth) => ({ path: `template.parameters[${nth}]`, text })),
  ]
  const attributes = texts.some(({ text }) => mayNameAttribute(text)) ? await findAttributeTypes(db) : noAttributes
  const problems = texts.flatMap(({ path, text }) => {
    const template = compileTemplate(text, { attributes })
    const unlinked = template.linked && !hasLinks ? [NO_LINKS] : []
    return [...warnings(template), ...unlinked].map((message) => ({ path, message }))
  })
  if (problems.length === 0) return
  throw new AppError(
    messagingErrors.TEMPLATE_UNKNOWN_PLACEHOLDER,
    `Cannot send campaign ${campaignId}: its template has placeholders that would be sent as they are`,
    problems,
  )
}
