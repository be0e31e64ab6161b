/**
 * Twilio's codes and what they mean for a message. The same codes come in answers to calls and in status callbacks.
 * Sources: Twilio's error dictionary (twilio.com/docs/api/errors) and the classification that production systems with
 * an open source use; where Twilio says only "failed", the safer reading counts: not sent again.
 */
import { codeTable } from '../../core/messaging/senders/code-table.ts'

export const twilioCodes = codeTable({
  // 20429: too many requests at once, "never processed". 14107, 21611, 30001, 30017, 30022: queues and rates of a sender
  // or carrier. 63017, 63018: rate of a WhatsApp sender.
  throttled: [14107, 20429, 21611, 30001, 30017, 30022, 63017, 63018],

  // Phone switched off or out of reach (30003), carrier's own trouble (30008, 30410, 63009, 63010, 63012). 20503: Twilio
  // is not available, and took nothing.
  later: [20503, 30003, 30008, 30410, 63009, 63010, 63012],

  // Daily quotas of a brand at a carrier (30023, 30027) and of a WhatsApp sender (63038); WhatsApp's own limit of
  // marketing messages for each person (63049).
  tomorrow: [30023, 30027, 63038, 63049],

  // 20500: an internal error of Twilio, which does not say whether the message was taken before it.
  unknown: [20500],

  // The person wrote STOP (21610), or blocked the business in WhatsApp (63014, 63033).
  opted_out: [21610, 63014, 63033],

  // No phone number, no mobile phone, unknown to its carrier, or unknown to WhatsApp (63003, 63024).
  bad_number: [21211, 21217, 21604, 21614, 30005, 30006, 63003, 63024],

  // Text missing or too long (21602, 21617, 21618, 30019), template's variables (21654-21656), WhatsApp templates and
  // what they are made of.
  stop_content: [
    21602, 21617, 21618, 21654, 21655, 21656, 30019, 63005, 63006, 63013, 63021, 63027, 63028, 63030, 63040, 63041,
  ],

  // This message for good: region or route not open (21408, 21612, 30018), trial account's list (21608), filtered
  // (30004, 30007), outside WhatsApp's 24 hours (63016, which a template would pass), WhatsApp refuses (63032).
  rejected: [21408, 21608, 21612, 30004, 30007, 30018, 30024, 63016, 63032],

  // Credentials, suspended account (20003, 20005, 20008, 30002), unknown resource (20404), callback address that Twilio
  // does not take (21609), sender that is not ours or not fit (21212, 21603, 21606, 21607, 21660, 21701-21705, 21709),
  // registrations (30032, 30034), WhatsApp sender and its account (63001, 63002, 63007, 63020, 63022, 63062).
  stop_sender: [
    20003,
    20005,
    20008,
    20404,
    21212,
    21603,
    21606,
    21607,
    21609,
    21660,
    '21701-21705',
    21709,
    21909,
    21910,
    30002,
    30032,
    30034,
    63001,
    63002,
    63007,
    63020,
    63022,
    63062,
  ],
})
