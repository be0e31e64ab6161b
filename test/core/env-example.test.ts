import { expect, test } from 'bun:test'
import { envExample } from '../../core/config/env-example.ts'
import { readSettings, settingsSchema } from '../../core/messaging/settings.ts'
import { plugins } from '../../plugins/index.ts'

const file = new URL('../../.env.example', import.meta.url)

test('.env.example lists every setting as it is (`bun scripts/env-example.ts` writes it anew)', async () => {
  expect(await Bun.file(file).text()).toBe(envExample(plugins, settingsSchema))
})

test('.env.example as it is means the defaults', async () => {
  const lines = (await Bun.file(file).text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const env = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)))
  expect(Object.keys(env).length).toBeGreaterThan(15)
  expect(readSettings(env, plugins)).toEqual(readSettings({}, plugins))
})

test('every setting says in a few words what it does', () => {
  const silent = envExample(plugins, settingsSchema).match(/^# \..*/gm)
  expect(silent).toBeNull()
})
