/** `--provider` of the demo and the cluster, and the senders that it sets up. */
import { afterEach, describe, expect, test } from 'bun:test'
import { readSettings } from '../../core/messaging/settings.ts'
import { plugins } from '../../plugins/index.ts'
import { listServices } from '../../scripts/cluster/compose.ts'
import { clusterEnvironment } from '../../scripts/cluster/environment.ts'
import { readProviderOption } from '../../scripts/support/provider-option.ts'
import { fakeKinds, startFakeSender } from '../support/providers/fake-sender.ts'
import { releaseFakes } from '../support/providers/process.ts'

afterEach(releaseFakes)

const read = (...args: string[]) => readProviderOption('npm run demo', args)

describe('readProviderOption()', () => {
  test('reads a provider, in any case of letters, or none', () => {
    expect(read()).toEqual({ provider: undefined, help: false })
    expect(read('--provider', 'twilio')).toEqual({ provider: 'twilio', help: false })
    expect(read('--provider=WhatsApp').provider).toBe('whatsapp')
    expect(read('--help').help).toBe(true)
  })

  test.each([
    [['--provider', 'twilo'], '--provider: there is no fake of "twilo", did you mean "twilio"?'],
    [['--provider', 'nexmo'], 'there are twilio, whatsapp, infobip, africastalking, smsleopard, vonage'],
    [['--provider', 'africatalking'], 'did you mean "africastalking"?'],
    [['--provider'], 'See npm run demo -- --help.'],
    [['--providers', 'twilio'], 'See npm run demo -- --help.'],
    [['twilio'], 'See npm run demo -- --help.'],
  ])('refuses %p with what is allowed', (args, message) => {
    expect(() => read(...args)).toThrow(message)
  })
})

describe('startFakeSender()', () => {
  test.each(fakeKinds)(
    '%s: makes an environment that is allowed, also for every process of the cluster',
    async (kind) => {
      const { environment, fake } = await startFakeSender(kind, 'http://localhost:8080', {}, { RATE: '300' })
      const given = { ...environment, API_KEYS: 'a-key-that-is-long-enough', WORKER_LEASE_SECONDS: '60' }
      const servers = { databaseUrl: 'postgres://cluster/db', rabbitmqUrl: 'amqp://cluster' }
      const services = listServices(given).filter(
        ({ name, image }) => image === 'campaign-dispatch' && name !== 'migrate',
      )
      expect(services.map(({ name }) => name)).toEqual(['api', 'scheduler', 'worker'])
      for (const service of services) {
        const { senders, core } = readSettings(clusterEnvironment(service, given, servers), plugins)
        expect(core.publicUrl).toBe('http://localhost:8080')
        expect(senders.senders).toMatchObject([{ name: 'main', kind, rate: 300 }])
        expect(String(senders.senders[0]?.settings.url)).toStartWith(fake.url)
      }
    },
  )
})
