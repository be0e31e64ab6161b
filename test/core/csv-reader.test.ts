import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { guessColumns, guessImportColumns } from '../../core/messaging/contacts/csv/columns.ts'
import { CsvError } from '../../core/messaging/contacts/csv/error.ts'
import { openParser } from '../../core/messaging/contacts/csv/parse.ts'
import { openCsvReader, type SourceRow } from '../../core/messaging/contacts/csv/reader.ts'
import { inSlices } from '../../core/messaging/contacts/csv/slices.ts'
import { csvFiles } from '../support/csv-files.ts'

/** Rows and encoding, or the reason why there are none. */
function read(bytes: Uint8Array, cuts: Iterable<number>) {
  const reader = openCsvReader((names) => guessColumns(names).columns)
  const rows: SourceRow[] = []
  let at = 0
  try {
    for (const cut of cuts) {
      rows.push(...reader.push(bytes.subarray(at, cut)))
      at = Math.max(at, cut)
    }
    rows.push(...reader.push(bytes.subarray(at)), ...reader.end())
  } catch (error) {
    if (error instanceof CsvError) return error.message
    throw error
  }
  return { rows, encoding: reader.encoding }
}

function* everyByte(bytes: Uint8Array): Generator<number> {
  for (let at = 1; at < bytes.length; at++) yield at
}

describe('a file is read the same however it is cut', () => {
  const small = csvFiles.filter(({ bytes }) => bytes.length < 20_000)
  test.each(small.map(({ name, bytes }) => [name, bytes] as const))('byte by byte: %s', (_, bytes) => {
    expect(read(bytes, everyByte(bytes))).toEqual(read(bytes, []))
  })

  const large = csvFiles.filter(({ bytes }) => bytes.length >= 20_000)
  test.each(large.map(({ name, bytes }) => [name, bytes] as const))('in parts: %s', (_, bytes) => {
    const whole = read(bytes, [])
    for (const size of [1021, 32 * 1024])
      expect(
        read(
          bytes,
          Array.from({ length: bytes.length / size }, (_, nth) => nth * size),
        ),
      ).toEqual(whole)
  })

  const letters = fc.string({ unit: fc.constantFrom(...'",;\t|\r\n a1é\ufeff=\'\u00a0🎉'), maxLength: 60 })
  const bytesOf = fc.oneof(
    letters.map((text) => Buffer.from(`phone,first_name\n${text}`)),
    letters.map((text) => Buffer.from(text)),
    letters.map((text) => Buffer.from(`phone;first_name\r\n${text}`, 'latin1')),
    letters.map((text) => Buffer.from(`\ufeffphone,first_name\n${text}`, 'utf16le')),
    fc.uint8Array({ maxLength: 60 }),
  )
  test('whatever it holds', () => {
    fc.assert(
      fc.property(bytesOf, fc.array(fc.nat(80)), (bytes, cuts) => {
        const whole = read(bytes, [])
        expect(
          read(
            bytes,
            cuts.toSorted((a, b) => a - b),
          ),
        ).toEqual(whole)
        expect(read(bytes, everyByte(bytes))).toEqual(whole)
      }),
      { numRuns: 1500 },
    )
  })
})

test('every line that says something is in a row, and every line begins at most one', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'",\r\n ab'), maxLength: 80 })
  fc.assert(
    fc.property(letters, (text) => {
      const begun: number[] = []
      const parser = openParser(',', ({ line }) => begun.push(line))
      parser.push(text)
      parser.end()
      expect(begun).toEqual([...new Set(begun)].toSorted((a, b) => a - b))
      // A quote that is not closed swallows its own line and no other.
      const lines = text.split(/\r\n|\r|\n/)
      const bare = lines.flatMap((line, nth) => (line === '' || text.includes('"') ? [] : [nth + 1]))
      for (const line of bare) expect(begun).toContain(line)
    }),
    { numRuns: 2000 },
  )
})

test('others have their turn after every 4 KB, whether these come at once or byte by byte', async () => {
  async function* parts(size: number) {
    const bytes = new Uint8Array(200_000)
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  for (const size of [1, 1000, 200_000]) {
    let [since, most, sum] = [0, 0, 0]
    const pause = async () => {
      since = 0
    }
    for await (const slice of inSlices(parts(size), pause)) {
      since += slice.length
      sum += slice.length
      most = Math.max(most, since)
    }
    expect(sum).toBe(200_000)
    expect(most).toBeLessThan(8 * 1024)
  }
})

/** Letters that a parser looks at. */
function workOf(text: string, size: number): number {
  let looks = 0
  const counted = (part: string) =>
    new Proxy(new String(part), {
      get(target, name) {
        if (name === 'charCodeAt')
          return (at: number) => {
            looks++
            return part.charCodeAt(at)
          }
        const value = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(part) : value
      },
    }) as unknown as string
  const parser = openParser(',', () => {})
  for (let at = 0; at < text.length; at += size) parser.push(counted(text.slice(at, at + size)))
  parser.end()
  return looks
}

describe('a letter is looked at three times at most', () => {
  const attacks: readonly (readonly [string, (size: number) => string])[] = [
    ['doubled quotes in an open quote', (size) => `"${'""'.repeat(size / 2)}`],
    ['an open quote in each line', (size) => '"a\n'.repeat(size / 3)],
    ['odd runs of quotes', (size) => '"""x\n'.repeat(size / 5)],
    ['open quotes above many lines', (size) => `"x\n${'""y\n'.repeat(50)}`.repeat(size / 203)],
    ['commas', (size) => ','.repeat(size)],
    ['line ends', (size) => '\r\n'.repeat(size / 2)],
    ['quotes that overflow', (size) => `"${'x\n'.repeat(20_000)}`.repeat(size / 40_001)],
  ]
  test.each(attacks)('%s', (_, make) => {
    const text = make(200_000)
    for (const size of [1, 1000, text.length]) expect(workOf(text, size)).toBeLessThanOrEqual(text.length * 3)
  })
})

describe('guessColumns()', () => {
  test.each([
    [
      ['phone', 'first_name', 'last_name', 'location', 'prefered_product'],
      ['phone', 'first_name', 'last_name', 'location', 'prefered_product'],
    ],
    [
      ['Name', 'Mobile Number', 'City', 'E-mail'],
      ['first_name', 'phone', 'location', undefined],
    ],
    [
      ['First Name', 'Name', 'MSISDN'],
      ['first_name', undefined, 'phone'],
    ],
    [
      ['a', 'b'],
      [undefined, undefined],
    ],
    [
      ['Téléphone', 'firstName', 'LAST-NAME'],
      ['phone', 'first_name', 'last_name'],
    ],
  ] as const)('%p', (names, columns) => {
    expect(guessColumns(names)).toEqual({ columns: [...columns], doubled: [] })
  })

  test('a field that several columns mean is left to whoever knows', () => {
    expect(guessColumns(['Phone', 'phone', 'Town'])).toEqual({
      columns: [undefined, undefined, 'location'],
      doubled: [{ field: 'phone', places: [0, 1] }],
    })
  })
})

describe('guessImportColumns()', () => {
  const attributes = new Map([
    ['points', 'number'],
    ['city', 'text'],
  ] as const)
  const columns = (names: readonly string[], declare = false) =>
    guessImportColumns(names, { attributes, declare }).columns

  test('finds attributes by their names, and whatever else a customer may have', () => {
    expect(columns(['Phone', 'Points', 'attributes.city', 'Tags', 'Sprache', 'lang', 'TimeZone'])).toEqual([
      'phone',
      'attributes.points',
      'attributes.city',
      'tags',
      undefined,
      'language',
      'time_zone',
    ])
    expect(columns(['City', 'Town'])).toEqual(['attributes.city', 'location'])
    expect(guessImportColumns(['City', 'Points']).columns).toEqual(['location', undefined])
  })

  test('makes attributes of what means nothing else, where it may', () => {
    const names = ['Phone', 'Name', 'First name', 'Loyalty points', '2nd', '']
    expect(columns(names)).toEqual(['phone', undefined, 'first_name', undefined, undefined, undefined])
    expect(columns(names, true)).toEqual([
      'phone',
      undefined,
      'first_name',
      'attributes.loyalty_points',
      undefined,
      undefined,
    ])
  })

  test('an attribute that several columns mean is left to whoever knows', () => {
    expect(guessImportColumns(['points', 'Points', 'phone'], { attributes, declare: false })).toEqual({
      columns: [undefined, undefined, 'phone'],
      doubled: [{ field: 'attributes.points', places: [0, 1] }],
    })
  })
})
