/**
 * Meanings of SMSLeopard's words: `status` of a recipient and `message` of a refused call (developers.smsleopard.com, "Send
 * SMS"), and `status` and `reason` of a delivery report ("Delivery reports"; the words are those of SMPP 3.4, 5.2.28).
 */
import { codeTable } from '../../core/messaging/senders/code-table.ts'

export const codes = codeTable({
  accepted: ['queued'],
  bad_number: ['invalid_phone', 'no valid recipients'],
  // Networks in Kenya keep a list of those who opted out of a sender id's promotions.
  opted_out: ['SenderName Blacklisted', 'UserInBlackList'],
  rejected: ['EXPIRED', 'UNDELIV', 'REJECTD', 'DELETED'],
  // A call that is refused as a whole, by what its messages share: sender id or text. Which words come with it is not published.
  stop_content: [400],
})
