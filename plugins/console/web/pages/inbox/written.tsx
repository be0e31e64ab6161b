/** Text that a person wrote. */
import { isBlank } from '../../../../../core/text/invisible.ts'

export function Written({ text }: { readonly text: string }) {
  return isBlank(text) ? <span className="muted">No text: a button of the provider</span> : <q>{text}</q>
}
