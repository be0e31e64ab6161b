/**
 * Meanings of the error codes of WhatsApp Cloud API, which stand in answers and in receipts. Source: Meta, "WhatsApp Cloud
 * API error codes" and "Marketing messages" (developers.facebook.com/docs/whatsapp), as of September 2026.
 */
import { codeTable } from '../../core/messaging/senders/code-table.ts'

export const codes = codeTable({
  // Limits of the app (4), of marketing calls (613), of the business account (80007), of the phone number (130429) and
  // of its registration (133016).
  throttled: [4, 613, 80007, 130429, 133016],
  // Too many messages to one person in a short time; others may go on.
  throttled_recipient: [131056],
  // Errors and maintenance at Meta's side (1, 2, 131000, 131016, 131057, 133004), a template that is being synchronised
  // (134101), media that Meta could not fetch (131053).
  later: [1, 2, 131000, 131016, 131053, 131057, 133004, 134101],
  // The person got enough marketing messages today, from whichever business.
  tomorrow: [131049],
  // The person stopped marketing messages of this business.
  opted_out: [131050],
  // Not on WhatsApp or unable to receive (131026), or our own number (131021).
  bad_number: [131021, 131026],
  // Part of an experiment of Meta (130472), blocked by us (130403), restricted for the country (130497), more than 24
  // hours since the person wrote (131047), not on the list of a test number (131030), type or media not supported
  // (131051, 131052), tests of the API (131055, 134100).
  rejected: [130403, 130472, 130497, 131030, 131047, 131051, 131052, 131055, 134100],
  // Parameters (100, 131008, 131009), templates (132000 to 132069, 131063) and generic content errors (135000).
  stop_content: [
    100, 131008, 131009, 131063, 132000, 132001, 132005, 132007, 132012, 132015, 132016, 132018, 132068, 132069, 135000,
  ],
  // Token and permissions (0, 3, 10, 33, 104, 190, 200 to 299, 131005), policy, locks and spam limits (368, 131031,
  // 131048, 131064), display name (131037), payment (131042), registration of the number (131045, 133000 to 133015),
  // what the account may use (134011, 134102).
  stop_sender: [
    0,
    3,
    10,
    33,
    104,
    190,
    '200-299',
    368,
    131005,
    131031,
    131037,
    131042,
    131045,
    131048,
    131064,
    133000,
    133005,
    133006,
    '133008-133010',
    133015,
    134011,
    134102,
  ],
})
