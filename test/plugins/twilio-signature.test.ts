/** Twilio's signature: published vectors, and agreement with Twilio's own library on requests that nobody chose. */
import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { getExpectedTwilioSignature, validateRequest, validateRequestWithBody } from 'twilio'
import { isSigned } from '../../plugins/twilio/signature.ts'

const form = (fields: Readonly<Record<string, string>> | readonly (readonly [string, string])[]) =>
  new TextEncoder().encode(new URLSearchParams(fields as Record<string, string>).toString())

const call = {
  CallSid: 'CA1234567890ABCDE',
  Caller: '+14158675309',
  Digits: '1234',
  From: '+14158675309',
  To: '+18005551212',
}
const authToken = '12345'
const json = new TextEncoder().encode('{"property": "value", "boolean": true}')
const jsonHash = '0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620'
const url = 'https://mycompany.com/myapp.php?foo=1&bar=2'

describe('isSigned() takes the vectors that Twilio publishes', () => {
  test.each([
    ['T1, a form', url, form(call), 'RSOYDt4T1cUTdK1PDd93/VVr8B8='],
    ['T1 behind a proxy that adds a port', url.replace('.com', '.com:443'), form(call), 'RSOYDt4T1cUTdK1PDd93/VVr8B8='],
    ['T2, an odd port', 'http://mycompany.com:1234/myapp.php?foo=1&bar=2', form(call), 'Zmvh+3yNM1Phv2jhDCwEM3q5ebU='],
    ['T3, a JSON body', `${url}&bodySHA256=${jsonHash}`, json, 'a9nBmqA0ju/hNViExpshrM61xv4='],
    ['T4, signed with the port', url, form(call), 'kvajT1Ptam85bY51eRf/AJRuM3w='],
    [
      'T5, nothing but the hash',
      `https://mycompany.com/myapp.php?bodySHA256=${jsonHash}`,
      json,
      'y77kIzt2vzLz71DgmJGsen2scGs=',
    ],
  ])('%s', (_, url, body, signature) => {
    expect(isSigned({ authToken, url, body, signature })).toBe(true)
    expect(isSigned({ authToken: '54321', url, body, signature })).toBe(false)
    expect(isSigned({ authToken, url: url.replace('myapp', 'other'), body, signature })).toBe(false)
    expect(isSigned({ authToken, url, body: new Uint8Array([...body, 0x31]), signature })).toBe(false)
  })

  test('and refuses a request without a signature, or with an address that is none', () => {
    expect(isSigned({ authToken, url, body: form(call), signature: null })).toBe(false)
    expect(
      isSigned({ authToken, url: '/hooks/main', body: form(call), signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' }),
    ).toBe(false)
  })
})

const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ maxLength: 12 }) },
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('', ' ', 'Ng’ang’a', "it's", 'Mũgo wa Kĩbirũ', '😜', 'a b+c&d=e', '%27', '!*()'),
)
const name = fc.oneof(fc.constantFrom('Body', 'From', 'To', 'MessageSid', 'MediaUrl0', 'ä'), text)
const pairs = fc.array(fc.tuple(name, text), { maxLength: 12 })
const address = fc
  .record({
    scheme: fc.constantFrom('http', 'https'),
    user: fc.constantFrom('', '', 'user@', 'user:secret@'),
    host: fc.constantFrom('example.com', 'hooks.example.co.ke', '127.0.0.1', '[::1]'),
    port: fc.constantFrom('', '', ':80', ':443', ':8443'),
    path: fc.constantFrom('/', '/hooks/main', '/a%20b/', '/ü'),
    query: fc.oneof(
      fc.constant(''),
      fc.constantFrom("?m='42'", '?a=1&a=&b', '?x=(1)*!'),
      pairs.map((all) => `?${new URLSearchParams(all)}`),
    ),
  })
  .map(({ scheme, user, host, port, path, query }) => new URL(`${scheme}://${user}${host}${port}${path}${query}`).href)

/** As a parser of forms gives them: a name that comes several times has a list. */
function fieldsOf(all: readonly (readonly [string, string])[]): Record<string, string | string[]> {
  const names = [...new Set(all.map(([name]) => name))]
  const valuesOf = (name: string) => all.filter(([other]) => other === name).map(([, value]) => value)
  return Object.fromEntries(
    names.map((name) => [name, valuesOf(name).length > 1 ? valuesOf(name) : (valuesOf(name)[0] ?? '')]),
  )
}

/** The address as another proxy would have it. */
const otherPort = (address: string) => {
  const url = new URL(address)
  if (url.port) return Object.assign(new URL(url), { port: '' }).href
  return address.replace(url.host, `${url.host}:${url.protocol === 'https:' ? 443 : 80}`)
}

describe('isSigned() agrees with Twilio’s library', () => {
  const tampering = fc.constantFrom('nothing', 'port', 'value', 'field', 'query', 'path', 'token', 'signature')

  test('on 1,000 forms, valid and tampered', () => {
    let valid = 0
    fc.assert(
      fc.property(address, pairs, fc.string({ minLength: 1 }), tampering, (address, all, token, what) => {
        const signature = getExpectedTwilioSignature(
          token,
          what === 'port' ? otherPort(address) : address,
          fieldsOf(all),
        )
        const sent: (readonly [string, string])[] = all.map((pair) => pair)
        if (what === 'field') sent.push(['Extra', ''])
        if (what === 'value' && sent[0]) sent[0] = [sent[0][0], `${sent[0][1]}x`]
        const url = what === 'query' ? `${address}${address.includes('?') ? '&' : '?'}z=1` : address
        const called = what === 'path' ? Object.assign(new URL(url), { pathname: '/elsewhere' }).href : url
        const key = what === 'token' ? `${token}x` : token
        const given = what === 'signature' ? signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')) : signature
        const theirs = validateRequest(key, given, called, fieldsOf(sent))
        if (theirs) valid++
        expect(isSigned({ authToken: key, url: called, body: form(sent), signature: given })).toBe(theirs)
      }),
      { numRuns: 1000 },
    )
    // Many of each: otherwise the agreement says nothing.
    expect(valid).toBeGreaterThan(150)
    expect(valid).toBeLessThan(700)
  }, 60_000)

  test('on 1,000 JSON bodies, valid and tampered', () => {
    let valid = 0
    fc.assert(
      fc.property(address, fc.json(), fc.string({ minLength: 1 }), tampering, (address, body, token, what) => {
        const hash = createHash('sha256').update(body).digest('hex')
        const url = `${address}${address.includes('?') ? '&' : '?'}bodySHA256=${hash}`
        const signature = getExpectedTwilioSignature(token, what === 'port' ? otherPort(url) : url, {})
        const sent = what === 'value' ? `${body} ` : body
        const called = what === 'query' ? `${url}0` : url
        const key = what === 'token' ? `${token}x` : token
        const theirs = validateRequestWithBody(key, signature, called, sent)
        if (theirs) valid++
        expect(isSigned({ authToken: key, url: called, body: new TextEncoder().encode(sent), signature })).toBe(theirs)
      }),
      { numRuns: 1000 },
    )
    expect(valid).toBeGreaterThan(300)
    expect(valid).toBeLessThan(900)
  }, 60_000)
})
