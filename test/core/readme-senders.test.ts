/** Settings that the READMEs show for senders, read and opened as a start does it. */
import { describe, expect, test } from 'bun:test'
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { systemClock } from '../../core/clock.ts'
import { BootError } from '../../core/errors.ts'
import type { AnyGrant } from '../../core/host/plugin.ts'
import type { Sender } from '../../core/messaging/senders/contract.ts'
import { senderKindsOf } from '../../core/messaging/senders/kinds.ts'
import { openSenders } from '../../core/messaging/senders/registry.ts'
import { readSettings } from '../../core/messaging/settings.ts'
import { plugins } from '../../plugins/index.ts'
import { checkLease } from '../../plugins/worker/lease.ts'
import { openLog } from '../support/inert.ts'
import { vonageAccount } from '../support/providers/vonage-parts.ts'

const kinds = senderKindsOf(plugins)
const files = ['README.md', ...[...kinds.keys()].map((kind) => `plugins/${kind}/README.md`)]

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const hex = '0123456789abcdef'.repeat(2)

/** A value in place of the dots that a README has where the reader's own goes. */
function filled(name: string, value: string): string {
  if (name.endsWith('_PRIVATE_KEY')) return privateKey
  if (name.endsWith('_APPLICATION_ID')) return vonageAccount.applicationId
  return value.replace('...', hex)
}

const textOf = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

/** Lines of the block that begins with `SENDERS=`, without their comments. */
function settingsIn(file: string): Readonly<Record<string, string>> {
  const text = textOf(file)
  const [block = ''] = /^ *SENDERS=.*\n(?: *[A-Z_]+=.*\n|\n(?= *[A-Z_]+=))*/m.exec(text) ?? []
  const lines = [...block.matchAll(/^ *([A-Z_]+)=("[^"]*"|\S*)/gm)]
  return Object.fromEntries(lines.map(([, name = '', value = '']) => [name, filled(name, value)]))
}

/** Opens the senders, and checks what a worker checks. */
function open(env: Readonly<Record<string, string>>) {
  const { config, core, senders: plan, warnings } = readSettings(env, plugins)
  const log = openLog([])
  const members = plugins.map((plugin) => ({
    plugin,
    grant: { config: config[plugin.name], clock: systemClock, log } as unknown as AnyGrant,
  }))
  const senders = openSenders(members, plan, { clock: systemClock, log, publicUrl: core.publicUrl })
  checkLease((config.worker as { leaseSeconds: number }).leaseSeconds, senders.list())
  return { senders, plan, warnings }
}

describe.each(files)('settings in %s', (file) => {
  const env = settingsIn(file)

  test('start the service, with no setting that is unknown', () => {
    const { senders, warnings } = open(env)
    expect(senders.list().length).toBeGreaterThan(0)
    expect(senders.list().map(({ name, kind }) => `${name}:${kind}`)).toEqual((env.SENDERS ?? '').split(','))
    expect(warnings).toEqual([])
  })

  test('take receipts, where PUBLIC_URL is among them', () => {
    const { senders } = open(env)
    if (env.PUBLIC_URL) expect(senders.list().every(({ hook }) => hook !== undefined)).toBe(true)
    else expect(['README.md', 'plugins/mock/README.md']).toContain(file)
  })

  test('end the start with the name of each one that is required and missing', () => {
    for (const { name, kind } of open(env).plan.senders) {
      const required = kinds.get(kind)?.kind.settings?.required ?? []
      for (const key of required) {
        const variable = `SENDER_${name}_${key.replace(/([a-z])([A-Z])/g, '$1_$2')}`.toUpperCase()
        const { [variable]: _, ...others } = env
        if (kinds.get(kind)?.kind.settings?.properties[key]?.default !== undefined) continue
        expect(() => open(others)).toThrow(BootError)
        expect(() => open(others)).toThrow(
          `${variable} is not set, but SENDERS=${name}:${kind} needs it. Set ${variable}.`,
        )
      }
    }
  })
})

/** Figures in words of the READMEs, and where the sender has them. */
const figures: readonly (readonly [RegExp, (sender: Sender) => number | null])[] = [
  [/twice the (\d+) seconds/g, ({ timeoutMs }) => timeoutMs / 1000],
  [/default is (\d+) segments per second/g, ({ limits }) => limits.rate],
  [/limit here is (\d+)/g, ({ limits }) => limits.rate],
  [/At most (\d+) calls/g, ({ limits }) => limits.concurrency],
]
const claims = files.flatMap((file) =>
  figures.flatMap(([words, actual]) =>
    [...textOf(file).matchAll(words)].map(([claim, figure]) => [claim, file, Number(figure), actual] as const),
  ),
)
const codes = files.flatMap((file) =>
  [...textOf(file).matchAll(/SENDER_MAIN_CODES=([\w=-]+)/g)].map(([, shown = '']) => [shown, file] as const),
)
const optional = files.flatMap((file) => {
  const [, first] = /^ *(SENDER_[A-Z_]+)=.*# optional, both or neither/m.exec(textOf(file)) ?? []
  return first === undefined ? [] : [[first, file] as const]
})

test('the READMEs give figures, meanings of codes, and settings that are optional', () => {
  expect([claims.length, codes.length, optional.length]).toEqual([9, 4, 2])
})

test.each(claims)('"%s" in %s is so', (_, file, figure, actual) => {
  const [sender] = open(settingsIn(file)).senders.list()
  expect(sender && actual(sender)).toBe(figure)
})

test.each(codes)('SENDER_MAIN_CODES=%s in %s is read', (shown, file) => {
  expect(open({ ...settingsIn(file), SENDER_MAIN_CODES: shown }).warnings).toEqual([])
})

test.each(optional)('%s in %s may be left out with the one after it', (first, file) => {
  const env = settingsIn(file)
  const names = Object.keys(env)
  const at = names.indexOf(first)
  const others = Object.fromEntries(Object.entries(env).filter((_, nth) => nth !== at && nth !== at + 1))
  expect(Object.keys(others)).toHaveLength(names.length - 2)
  expect(open(others).warnings).toEqual([])
})
