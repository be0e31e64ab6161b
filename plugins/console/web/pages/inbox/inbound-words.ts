/** Words for messages of people, and who wrote them. Pure. */
import type { Inbound } from '../../api/types.ts'
import { fullName } from '../../text/format.ts'

export type Decision = 'stop' | 'ignore'

/** Buttons of the decisions about a message that may be an opt-out. */
export const decisionNames: Readonly<Record<Decision, string>> = {
  stop: 'Opt-out',
  ignore: 'Not an opt-out',
}

export const reviewNames: Readonly<Record<NonNullable<Inbound['review']>, string>> = {
  open: 'To be decided: suppressed until then',
  stop: 'Decided: opt-out',
  ignore: 'Decided: not an opt-out',
}

/** Name of the customer, or else the phone. */
export const writerOf = ({ customer, from }: Inbound): string =>
  (customer && fullName(customer)) || from || 'Somebody without a number'
