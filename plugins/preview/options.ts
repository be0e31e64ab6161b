/** Options of the texts that a preview fills in. */
import { type AttributeTypes, noAttributes } from '../../core/messaging/contacts/attributes.ts'
import { mayNameAttribute } from '../../core/messaging/text/placeholder.ts'
import type { StopLink } from '../../core/messaging/text/template.ts'
import type { PreviewGrant } from './grant.ts'

type Grant = Pick<PreviewGrant, 'messaging' | 'config'>

interface Options {
  readonly language: string
  readonly attributes: AttributeTypes
  readonly stopLink: StopLink | undefined
}

/** Attributes are looked up only where a text may name one. */
export async function optionsFor({ messaging, config }: Grant, texts: readonly string[]): Promise<Options> {
  const { language } = config
  return {
    language,
    stopLink: await messaging.preview.findStopLink(),
    attributes: texts.some(mayNameAttribute) ? await messaging.preview.findAttributes() : noAttributes,
  }
}
