import { expect, test } from 'bun:test'
import { describeSettings } from '../../core/messaging/settings.ts'
import { plugins } from '../../plugins/index.ts'
import { runServer } from '../support/server-process.ts'

test('--help prints usage, settings and plugins, and needs no setting', async () => {
  const { code, stdout, stderr } = await runServer({ PORT: 'nonsense' }, ['--help'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toStartWith('npm start -- [--tui | --plugins | --help]\n')
  for (const { name } of describeSettings(plugins)) expect(stdout).toMatch(new RegExp(`^  ${name}=`, 'm'))
  for (const { name } of plugins) expect(stdout).toMatch(new RegExp(`^Plugins.*\\b${name}\\b`, 'm'))
})
