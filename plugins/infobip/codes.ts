/**
 * Meanings of Infobip's codes. Ids of statuses and of errors overlap, so that they are told apart here: `status-12` is
 * REJECTED_NOT_ENOUGH_CREDITS, `error-12` is EC_ILLEGAL_EQUIPMENT. Source: Infobip, "Response status and error codes"
 * (infobip.com/docs/essentials/api-essentials/response-status-and-error-codes), as of July 2026.
 */
import { codeTable } from '../../core/messaging/senders/code-table.ts'

export const codes = codeTable({
  // The operator's limit of messages a second.
  throttled: ['error-541', 'E429', 'TOO_MANY_REQUESTS'],
  // REJECTED_FLOODING_FILTER, EC_DESTINATION_FLOODING and EC_DESTINATION_TXT_FLOODING: in an hour a phone gets 20 texts, and
  // 6 that are alike. REJECTED_SYSTEM_ERROR.
  later: ['status-20', 'status-21', 'error-4103', 'error-4104'],
  // The operator's limit of messages a day.
  tomorrow: ['error-542', 'error-4202'],
  // REJECTED_DND, REJECTED_DESTINATION_BLOCKLISTED; the person replied STOP or had us blocked (573, 603, 604); lists of
  // operator and account (2050, 2052).
  opted_out: ['status-10', 'status-14', 'error-573', 'error-603', 'error-604', 'error-2050', 'error-2052'],
  // REJECTED_PREFIX_MISSING, MISSING_TO, REJECTED_DESTINATION; subscribers that are unknown, illegal, without SMS or
  // deactivated.
  bad_number: [
    'status-8',
    'status-51',
    'status-52',
    'error-1',
    'error-9',
    'error-11',
    'error-351',
    'error-352',
    'error-568',
    'error-629',
    'error-3041',
  ],
  // REJECTED_MESSAGE_TOO_LONG and its error; spam, by the operator's filter.
  stop_content: ['status-25', 'error-355', 'error-607'],
  // Sender id that is not registered or is blocked (11, 13 and their errors), credits (12, 17, 4099), test account (18),
  // no route (19), access (433); answers to the whole call.
  stop_sender: [
    'status-11',
    'status-12',
    'status-13',
    'status-17',
    'status-18',
    'status-19',
    'error-368',
    'error-433',
    'error-2053',
    'error-4099',
    'E401',
    'E403',
    'UNAUTHORIZED',
    'FORBIDDEN',
  ],
  // A duplicate (23) that the logs do not explain; errors inside Infobip.
  unknown: ['status-23', 'E500', 'GENERAL_ERROR'],
})
