/** Statuses of a message in its row. */
export type MessageStatus = 'pending' | 'sent' | 'failed' | 'skipped' | 'unknown'
