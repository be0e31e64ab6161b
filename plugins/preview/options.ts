/** Options of the texts that a preview fills in. */
import { mayNameAttribute } from '../../core/messaging/text/placeholder.ts'
import type { TemplateOptions } from '../../core/messaging/text/template.ts'
import type { PreviewGrant } from './grant.ts'

type Grant = Pick<PreviewGrant, 'messaging' | 'config'>

/** Attributes are looked up only where a text may name one. */
export async function optionsFor({ messaging, config }: Grant, texts: readonly string[]): Promise<TemplateOptions> {
  const { language } = config
  return texts.some(mayNameAttribute)
    ? { language, attributes: await messaging.preview.findAttributes() }
    : { language }
}
