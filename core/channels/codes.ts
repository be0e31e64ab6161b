/** Codes of messages that were not accepted, as stored in `last_error`. They are stable: reports and people's queries rely on them. */
export const senderCodes = {
  /** The provider refused this message. */
  rejected: 'provider.rejected',
  /** The provider turns the account away: bad credentials, no balance. */
  account: 'provider.account',
  /** The provider refuses requests like ours, whatever the message: not allowed, or no such address. */
  refused: 'provider.refused',
  /** The provider asked for fewer calls, or for a pause. */
  throttled: 'provider.throttled',
  /** The provider answered that it cannot serve now. */
  unavailable: 'provider.unavailable',
  /** No connection came about, so the message has not left: refused, no route, no such host, a bad certificate. */
  unreachable: 'provider.unreachable',
  /** No answer in time, or the process was told to stop while it waited for one. */
  timeout: 'timeout',
  /** The connection broke before the whole answer had come; the message may have been taken. */
  lost: 'connection.lost',
} as const

export type SenderCode = (typeof senderCodes)[keyof typeof senderCodes]

/** Codes that the worker gives, whatever the sender. */
export const workerCodes = {
  /** Whatever worked on the message threw or died, time and again: it was left out, so that the others could be sent. */
  poisoned: 'poisoned',
} as const
