import { expect, test } from 'bun:test'
import { checkFloorWords } from '../../scripts/check/floor-words.ts'

const messagesOf = (path: string, text: string) =>
  checkFloorWords(path, text).map(({ line, message }) => `${line} ${message}`)

test.each([
  [
    'core/host/a.ts',
    '\nexport const campaignId = 1',
    '2 "campaign" is a word of the domain, which this room does not know',
  ],
  ['core/db/a.ts', '/** Reads Customers. */', '1 "Customer" is a word of the domain, which this room does not know'],
  ['core/queue/a.ts', "const to = 'sms'", '1 "sms" is a word of the domain, which this room does not know'],
  ['core/config/a.ts', 'const WHATSAPP = 1', '1 "WHATSAPP" is a word of the domain, which this room does not know'],
  ['core/http/a.ts', '// recipients', '1 "recipient" is a word of the domain, which this room does not know'],
  ['core/errors.ts', 'CAMPAIGN_NOT_FOUND', '1 "CAMPAIGN" is a word of the domain, which this room does not know'],
])('%s may not say %j', (path, text, finding) => expect(messagesOf(path, text)).toEqual([finding]))

test.each([
  ['core/messaging/a.ts', 'const campaign = 1'],
  ['plugins/a/b.ts', 'const campaign = 1'],
  [
    'core/host/a.ts',
    "import { definePlugin } from 'campaign-dispatch/plugin' // CAMPAIGN_DISPATCH_LAUNCHER, Campaign dispatch",
  ],
  ['core/db/a.ts', 'new Migrator({ provider: new FileMigrationProvider() })'],
])('%s may say %j', (path, text) => expect(messagesOf(path, text)).toEqual([]))
