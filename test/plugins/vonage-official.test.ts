/** Vonage's own libraries against the fake and the signature check: what these do is what Vonage's code understands. */
import { afterEach, describe, expect, test } from 'bun:test'
import { createHash, createHmac, generateKeyPairSync } from 'node:crypto'
import { Auth } from '@vonage/auth'
import { verifySignature } from '@vonage/jwt'
import { Messages } from '@vonage/messages'
import fc from 'fast-check'
import { isSigned } from '../../plugins/vonage/signature.ts'
import { releaseFakes, startFake } from '../support/providers/process.ts'
import { vonageAccount } from '../support/providers/vonage-parts.ts'
import { outbound, startHook } from '../support/sender-use.ts'

afterEach(releaseFakes)

const { applicationId, apiKey, apiSecret, signatureSecret } = vonageAccount
const message = {
  to: outbound.to.slice(1),
  from: '15005550006',
  text: 'Hello',
  channel: 'sms',
  messageType: 'text',
} as const

describe('Vonage’s client', () => {
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const application = { applicationId, privateKey: pair.privateKey }

  async function setup(credentials: object, behaviour = {}) {
    const fake = await startFake('vonage', { extra: { publicKey: pair.publicKey }, ...behaviour })
    return { fake, client: new Messages(new Auth(credentials), { apiHost: fake.url }) }
  }

  test('sends, as an application and as an account', async () => {
    for (const credentials of [application, { apiKey, apiSecret }]) {
      const { fake, client } = await setup(credentials)
      const { messageUUID } = await client.send({ ...message, clientRef: '42' } as never)
      expect((await fake.entries('accept'))[0]).toMatchObject({ id: messageUUID, to: outbound.to, reference: '42' })
    }
  })

  test('is refused with the code in the error’s type', async () => {
    const { client } = await setup(application, { refuse: { [outbound.to]: '1240' } })
    const error = await client.send(message as never).then(
      () => undefined,
      (thrown) => thrown,
    )
    expect(error?.response?.status).toBe(422)
    const wrong = await setup({ apiKey, apiSecret: 'wrong' })
    const refused = await wrong.client.send(message as never).then(
      () => undefined,
      (thrown) => thrown,
    )
    expect(refused?.response?.status).toBe(401)
  })

  test('knows the signature of what the fake posts', async () => {
    const hook = startHook()
    try {
      hook.pass({ timeoutMs: 1, send: async () => [], hook: () => ({ kind: 'taken', receipts: [], inbound: [] }) })
      const { client } = await setup(application, { hookUrl: hook.url })
      await client.send(message as never)
      await hook.until(2)
      for (const { headers } of hook.requests) {
        const token = headers.get('authorization')?.replace('Bearer ', '') ?? ''
        expect(verifySignature(token, signatureSecret)).toBe(true)
        expect(verifySignature(token, 'another secret')).toBe(false)
      }
    } finally {
      await hook.stop()
    }
  })
})

const encode = (part: string | Buffer) => Buffer.from(part).toString('base64url')
const hashes = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' } as const

function tokenOf(algorithm: keyof typeof hashes | 'none', secret: string, claims: object): string {
  const parts = [{ alg: algorithm, typ: 'JWT' }, claims].map((part) => encode(JSON.stringify(part))).join('.')
  const hash = algorithm === 'none' ? undefined : hashes[algorithm]
  return `${parts}.${hash ? encode(createHmac(hash, secret).update(parts).digest()) : ''}`
}

describe('isSigned()', () => {
  const seconds = Math.floor(Date.now() / 1000)
  const tampering = fc.constantFrom('nothing', 'nothing', 'nothing', 'secret', 'claims', 'signature', 'header')
  const right = { iss: 'Vonage', api_key: apiKey }

  function check(token: string, secret: string, body: string) {
    const signed = {
      secret,
      authorization: `Bearer ${token}`,
      body: new TextEncoder().encode(body),
      now: seconds * 1000,
    }
    return isSigned(signed)
  }
  const theirs = (token: string, secret: string) => {
    try {
      return verifySignature(token, secret)
    } catch {
      return false
    }
  }

  test('agrees with Vonage’s library on 1,000 tokens whose claims are right, valid and tampered', () => {
    let valid = 0
    const secret = fc.string({ minLength: 1, maxLength: 40 })
    const extra = fc.dictionary(fc.constantFrom('jti', 'application_id', 'note'), fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(
        secret,
        fc.json(),
        extra,
        fc.integer({ min: -800, max: 0 }),
        tampering,
        (secret, body, more, age, what) => {
          const payload_hash = createHash('sha256').update(body).digest('hex')
          const claims = { ...more, ...right, iat: seconds + age, payload_hash }
          const [header, payload, signature] = tokenOf('HS256', secret, claims).split('.') as [string, string, string]
          const forged = what === 'claims' ? encode(JSON.stringify({ ...claims, jti: 'forged' })) : payload
          const first = signature.startsWith('A') ? 'B' : 'A'
          const tail = what === 'signature' ? `${first}${signature.slice(1)}` : signature
          const head = what === 'header' ? encode('{"typ":"JWT","alg":"HS256"}') : header
          const token = `${head}.${forged}.${tail}`
          const key = what === 'secret' ? `${secret}x` : secret
          const expected = theirs(token, key)
          if (expected) valid++
          expect(check(token, key, body)).toBe(expected)
        },
      ),
      { numRuns: 1000 },
    )
    expect(valid).toBeGreaterThan(300)
    expect(valid).toBeLessThan(700)
  }, 60_000)

  const body = '{"status":"delivered"}'
  const payload_hash = createHash('sha256').update(body).digest('hex')
  const claims = { ...right, iat: seconds, payload_hash }

  test('takes a right token, in any spelling of the scheme', () => {
    expect(check(tokenOf('HS256', signatureSecret, claims), signatureSecret, body)).toBe(true)
  })

  // Checks that the library leaves to its user.
  test.each<[string, object]>([
    ['of another body', { payload_hash: createHash('sha256').update('{}').digest('hex') }],
    ['without a hash', { payload_hash: undefined }],
    ['of an hour ago', { iat: seconds - 3600 }],
    ['of an hour ahead', { iat: seconds + 3600 }],
    ['without a time', { iat: undefined }],
    ['of somebody else', { iss: 'Nexmo' }],
    ['without an issuer', { iss: undefined }],
    ['that is over', { exp: seconds - 3600 }],
    ['that is not valid yet', { nbf: seconds + 3600 }],
  ])('refuses a token %s', (_, changes) => {
    expect(check(tokenOf('HS256', signatureSecret, { ...claims, ...changes }), signatureSecret, body)).toBe(false)
  })

  test.each<keyof typeof hashes | 'none'>(['HS384', 'HS512', 'none'])('refuses the algorithm %s', (algorithm) => {
    expect(check(tokenOf(algorithm, signatureSecret, claims), signatureSecret, body)).toBe(false)
  })

  test.each(['', 'Bearer', 'Bearer a.b', 'Bearer a.b.c.d', 'Bearer ....', 'Basic abc', 'Bearer e30.bnVsbA.x'])(
    'refuses "%s"',
    (authorization) => {
      expect(isSigned({ secret: signatureSecret, authorization, body: new Uint8Array(), now: seconds * 1000 })).toBe(
        false,
      )
    },
  )
})
