/** What a code in `last_error` means, for those who write campaigns. Pure. */

const meanings: Readonly<Record<string, string>> = {
  'provider.rejected': 'The provider refused the message',
  'provider.account': 'The provider turned the account away',
  'provider.refused': 'The provider refused the request',
  'provider.throttled': 'The provider asked to slow down',
  'provider.unavailable': 'The provider could not serve',
  'provider.unreachable': 'The provider could not be reached',
  timeout: 'No answer came in time',
  'connection.lost': 'The connection broke before the answer',
  'sender.error': 'The sender failed',
  'customer.deleted': 'The customer was deleted',
  poisoned: 'The message could not be processed: each try ended in an internal error',
  cancelled: 'The campaign was cancelled',
  expired: 'The campaign’s time was over',
  none: 'No reason is known',
}

export const explainCode = (code: string): string => meanings[code] ?? 'Another reason'
