/** An audience that is being added to a campaign. Pure. */
import { count } from '../format.ts'
import type { Form } from './form.ts'

export interface Audience {
  /** The campaign. */
  readonly id: number
  readonly name: string
  /** Recipients added so far. */
  readonly added: number
  /** Recipients in the whole audience, as the form counted them; 0 if it could not. */
  readonly people: number
  /** The form that names the recipients. */
  readonly form: Form
  /** Position among the recipients at which the next call begins; undefined at the start. */
  readonly from: string | undefined
}

/** The offer to continue an interrupted audience. */
export function stoppedText({ id, name, added, people }: Audience): string {
  const share = people > 0 ? `${count(added)} of ${count(people)}` : count(added)
  return `${share} recipients added, press a to add the rest: #${id} ${name}`
}
