/** Schemas and documentation of the hooks. */
import { t } from 'elysia'
import { errors } from '../../core/errors.ts'
import { text } from '../../core/http/fields.ts'
import { route } from '../../core/http/route.ts'
import { hookErrors } from './errors.ts'

const sender = text({ min: 1, max: 64, description: 'Name of the sender', example: 'main' })

export const hookPath = t.Object({ sender })
const path = text({
  min: 1,
  max: 200,
  description: 'For providers that do not sign: a secret that nobody can guess',
  example: '6f1c0b5a9d3e4f7281a0c4d7e9b2f358',
})
export const belowPath = t.Object({ sender, path })
export const belowTwicePath = t.Object({
  sender,
  path,
  topic: text({
    min: 1,
    max: 64,
    description: 'For providers that post different things to different addresses',
    example: 'delivery',
  }),
})

const refusals = [hookErrors.HOOK_UNREADABLE, hookErrors.HOOK_SIGNATURE_WRONG, hookErrors.HOOK_NOT_FOUND]

export const hookDocs = route({
  open: true,
  verbatim: true,
  tag: 'Operations',
  summary: 'Take receipts from a provider',
  description:
    'What the provider of a sender posts: receipts, and what people write. Its signature is checked on the bytes as they came; with a wrong one nothing is stored. The answer comes once all of it is stored, and it may be posted again.',
  answers: [{ status: 200, description: 'Stored; the body, if any, is what the provider expects' }],
  errors: [errors.INVALID_REQUEST, ...refusals],
  streamed: { '*/*': 'MessageSid=SM1&MessageStatus=delivered' },
})

export const challengeDocs = route({
  open: true,
  verbatim: true,
  tag: 'Operations',
  summary: 'Answer a provider that looks for its hook',
  description:
    'Some providers ask by GET whether an address is ours before they post to it, and some send receipts so.',
  answers: [{ status: 200, description: 'The text that the provider expects, or nothing' }],
  errors: [errors.INVALID_REQUEST, ...refusals],
})
