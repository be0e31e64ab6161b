import { expect, test } from 'bun:test'
import { readDashboardSettings } from '../../core/config/config.ts'
import { readOptions } from '../../tui/options.ts'

test('readDashboardSettings() takes the address and a key from the settings of the server beside it', () => {
  expect(readDashboardSettings({})).toEqual({ url: 'http://localhost:8080', key: undefined, plain: false })
  const env = { PORT: '9000', API_KEYS: 'first-key-of-this-server, second-key-of-this-server', NO_COLOR: '1' }
  expect(readDashboardSettings(env)).toEqual({
    url: 'http://localhost:9000',
    key: 'first-key-of-this-server',
    plain: true,
  })
  expect(() => readDashboardSettings({ PORT: 'x' })).toThrow('PORT')
  const urlOf = (HOST: string) => readDashboardSettings({ ...env, HOST }).url
  expect(['0.0.0.0', '::', '::1', '192.0.2.7', 'api.internal'].map(urlOf)).toEqual([
    'http://localhost:9000',
    'http://localhost:9000',
    'http://[::1]:9000',
    'http://192.0.2.7:9000',
    'http://api.internal:9000',
  ])
})

test('readOptions() prefers what the command line says, and names what it does not understand', () => {
  const defaults = { url: 'http://localhost:8080', key: 'k' }
  expect(readOptions([], defaults)).toEqual({ help: false, ...defaults })
  expect(readOptions(['--url', 'https://a.example/', '--key', 'x'], defaults)).toEqual({
    help: false,
    url: 'https://a.example',
    key: 'x',
  })
  // The key of the server beside it is told to no other.
  expect(readOptions(['--url', 'https://a.example'], defaults).key).toBeUndefined()
  expect(readOptions(['-h'], defaults).help).toBe(true)
  expect(() => readOptions(['--url', 'nonsense'], defaults)).toThrow('--url nonsense is not allowed')
  expect(() => readOptions(['--ulr', 'x'], defaults)).toThrow(/--ulr.*See --help/)
})
