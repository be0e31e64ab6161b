/**
 * Codes of Vonage's Messages API and what they mean for a message: the end of an error's `type`, in answers to calls and
 * in status webhooks. Source: developer.vonage.com/api-errors/messages.
 */
import { codeTable } from '../../core/messaging/senders/code-table.ts'

export const vonageCodes = codeTable({
  // More than the account may submit in a second.
  throttled: [1000, 1241],

  // 1320: a message that was sent already.
  accepted: [1320],

  // Not submitted for want of a connection (1100), passing trouble at a provider or handset.
  later: [1100, 1180, 1220, 1230, 1331],

  // 1030: an internal error, which does not say whether the message was taken before it.
  unknown: [1030],

  // On the carrier's list of those who do not want messages (1050), opted out (1240).
  opted_out: [1050, 1240],

  // No route by this prefix, no such number, unreachable for good.
  bad_number: [1040, 1170, 1190, 1300, 1310],

  // Parameters, tags, templates and lengths that every message of a campaign shares.
  stop_content: [1010, 1020, 1021, 1022, 1090, 1130, 1150, 1380],

  // Refused by a carrier or a filter, outside a window (1340), too late (1360).
  rejected: [1160, 1200, 1210, 1250, 1260, 1270, 1280, 1290, 1330, 1340, 1360],

  // Account barred, without credit or not enabled (1060-1080), sender id not accepted (1120), credentials and rights.
  stop_sender: [1060, 1070, 1080, 1120, 1140, 1370],
})
