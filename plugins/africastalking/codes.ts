/**
 * Meanings of Africa's Talking's codes: `statusCode` of a recipient, `Message` of an answer without recipients, and
 * `failureReason` of a delivery report. Sources: developers.africastalking.com, "Bulk SMS" (status codes) and "Delivery
 * reports" (failure reasons); the names are spelled as there.
 */
import { codeTable } from '../../core/messaging/senders/code-table.ts'

export const codes = codeTable({
  // 100 Processed, 101 Sent, 102 Queued. Some answers have the word alone.
  accepted: [100, 101, 102, 'Success', 'Processed', 'Sent', 'Queued'],
  // 403 InvalidPhoneNumber, 404 UnsupportedNumberType.
  bad_number: [403, 404, 'InvalidPhoneNumber', 'UnsupportedNumberType', 'UserDoesNotExist'],
  // 406 UserInBlacklist.
  opted_out: [406, 'UserInBlacklist', 'UserInBlackList'],
  // 401 RiskHold, 402 InvalidSenderId (the sender's own setting), 405 InsufficientBalance.
  stop_sender: [401, 402, 405, 'RiskHold', 'InvalidSenderId', 'InsufficientBalance'],
  // 407 CouldNotRoute, 502 RejectedByGateway.
  rejected: [
    407,
    502,
    'CouldNotRoute',
    'RejectedByGateway',
    'Failed',
    'InsufficientCredit',
    'InvalidLinkId',
    'UserIsInactive',
    'UserAccountSuspended',
    'NotNetworkSubcriber',
    'UserNotSubscribedToProduct',
    'DeliveryFailure',
  ],
  // 409 DoNotDisturbRejection: Nigeria lets promotions through by day alone. 500 InternalServerError, 501 GatewayError.
  later: [409, 500, 501, 'DoNotDisturbRejection', 'InternalServerError', 'GatewayError'],
  // An answer that names no recipient and no reason: all of the batch was refused, by what its messages share.
  stop_content: ['EmptyRecipients'],
})
