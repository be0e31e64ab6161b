import { describe, expect, test } from 'bun:test'
import { Glob } from 'bun'
import { detailOfCircuit } from '../../core/messaging/campaign/waiting.ts'
import {
  codesInWords,
  explainCode,
  messageCodes,
  pausedTexts,
  waitingReasons,
  waitingTexts,
} from '../../core/messaging/senders/codes.ts'

describe('codes', () => {
  const explanations = Object.entries({ ...messageCodes, ...waitingTexts, ...pausedTexts })
  test.each(explanations)('%s has a meaning and an advice, each a sentence without its full stop', (_, texts) => {
    for (const text of [texts.meaning, texts.advice]) expect(text).toMatch(/^[A-Z].+[^.]$/)
  })

  test('explainCode() explains every code, and says so of one that is not known', () => {
    for (const code of Object.keys(messageCodes)) expect(explainCode(code).meaning).not.toBe('Another reason')
    expect(explainCode('none').meaning).toBe('The reason is unknown')
    for (const code of ['of another version', 'toString', '']) expect(explainCode(code).meaning).toBe('Another reason')
  })

  test('the documentation names every code', () => {
    for (const code of Object.keys(messageCodes)) expect(codesInWords).toContain(`\`${code}\`: `)
  })

  test('a circuit that opened for a code that is not known is named with it', () => {
    expect(detailOfCircuit('sms', 'timeout')).toBe('SMS sending is paused because the provider does not answer in time')
    expect(detailOfCircuit('whatsapp', 'toString')).toBe(
      'WhatsApp sending is paused because sending keeps failing (toString)',
    )
  })

  test('no code is explained anywhere else', async () => {
    const root = new URL('../..', import.meta.url).pathname
    const elsewhere: string[] = []
    for await (const path of new Glob('{core,plugins,tui}/**/*.{ts,tsx}').scan(root)) {
      const text = await Bun.file(`${root}${path}`).text()
      const keys = [...Object.keys(messageCodes), ...waitingReasons].filter((code) => /[._]/.test(code))
      if (keys.some((code) => text.includes(`'${code}': `) || text.includes(`  ${code}: '`))) elsewhere.push(path)
    }
    expect(elsewhere).toEqual(['core/messaging/senders/codes.ts'])
  })
})
