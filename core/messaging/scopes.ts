/** Scopes that routes of several plugins require, with descriptions. */

const texts = {
  'campaigns:read': 'See campaigns, their recipients and their figures',
  'campaigns:write': 'Create, preview, change and delete campaigns',
  'campaigns:send': 'Send campaigns and test messages',
  'campaigns:control': 'Pause, resume and cancel campaigns, retry failed messages and resolve unknown ones',
  'customers:read': 'See customers',
  'customers:write': 'Create, import, change and delete customers',
  'segments:read': 'See segments',
  'segments:write': 'Create, change and delete segments',
  'policies:read': 'See policies',
  'policies:write': 'Replace the policies',
  'prices:read': 'See the price list',
  'prices:write': 'Replace the price list',
  'inbound:read': 'See what people wrote',
  'inbound:write': 'Decide whether people meant to opt out',
  'suppressions:read': 'See the phones that nothing is sent to',
  'suppressions:write': 'Suppress phones, and lift suppressions',
  'senders:read': 'See senders and routes',
  'senders:write': 'Change limits and routes of senders, and pause them',
} as const

/** A plugin's `scopes`. */
export const scopes = (...names: readonly (keyof typeof texts)[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, texts[name]]))
