/** Files as people have them, made by code, and what an import must make of each: through the API and in the console alike. */

export interface CsvFile {
  readonly name: string
  readonly bytes: Uint8Array
  readonly expected: Outcome | Refused
}

/** Rows that are ready, refused and repeated; together they are all rows. */
export interface Outcome {
  readonly ready: number
  /** Lines of the refused rows. */
  readonly refused: readonly number[]
  readonly repeated: number
  /** Stored customers by phone: the last digits, and the other fields that are set. */
  readonly stored?: readonly (readonly string[])[]
  readonly encoding: string
}

/** A file that is refused as a whole. */
export interface Refused {
  readonly error: RegExp
  /** The console leaves the choice of columns to the person. */
  readonly asks: boolean
}

type Facts = Partial<Pick<Outcome, 'refused' | 'repeated' | 'encoding'>> & { readonly ready?: number }

const utf8 = (text: string) => new TextEncoder().encode(text)
const ansi = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))
const utf16 = (text: string) => new Uint8Array(Buffer.from(text, 'utf16le'))
const swapped = (bytes: Uint8Array) => new Uint8Array(Buffer.from(bytes).swap16())
const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts))

/** @param stored rows as `07120000` with two digits, and the fields that are set */
function good(
  name: string,
  file: string | Uint8Array,
  stored: readonly (readonly string[])[],
  facts: Facts = {},
): CsvFile {
  const bytes = typeof file === 'string' ? utf8(file) : file
  const expected = { ready: stored.length, refused: [], repeated: 0, encoding: 'utf-8', stored, ...facts }
  return { name, bytes, expected }
}

function large(name: string, bytes: Uint8Array, ready: number, facts: Facts = {}): CsvFile {
  return { name, bytes, expected: { ready, refused: [], repeated: 0, encoding: 'utf-8', ...facts } }
}

function bad(name: string, file: string | Uint8Array, error: RegExp, asks = false): CsvFile {
  return { name, bytes: typeof file === 'string' ? utf8(file) : file, expected: { error, asks } }
}

/** A phone by its last two digits. */
const tel = (nth: number) => `07120000${String(nth).padStart(2, '0')}`
const A = [tel(1).slice(-2), 'Amina'] as const
const B = [tel(2).slice(-2), 'Bob'] as const
const C = [tel(3).slice(-2), 'Céline'] as const
const [a, b, c] = [`${tel(1)},Amina`, `${tel(2)},Bob`, `${tel(3)},Céline`]
const H = 'phone,first_name'

const many = (rows: number, name: (nth: number) => string, end = '\n') =>
  `${H}${end}${Array.from({ length: rows }, (_, nth) => `07120${String(nth).padStart(5, '0')},${name(nth)}${end}`).join('')}`

/** The letter `é` lies across a boundary of 256 KB, and across one of 32 KB and of 64 KB. */
function acrossBoundaries(): Uint8Array {
  const lines = [`${H}\n`]
  let size = utf8(lines[0] ?? '').length
  for (const [nth, boundary] of [32, 64, 256].entries()) {
    for (let row = 0; size + 200 < boundary * 1024; row++) {
      const line = `07${30 + nth}${String(row).padStart(6, '0')},Name\n`
      lines.push(line)
      size += line.length
    }
    const start = `071200000${nth},`
    const line = `${start}${'x'.repeat(boundary * 1024 - size - start.length - 1)}é\n`
    lines.push(line)
    size += utf8(line).length
  }
  return utf8(lines.join(''))
}

const zip = (...names: readonly string[]) =>
  joined(
    ...names.map((name) =>
      joined(
        ansi(`PK\x03\x04\x14\0\0\0\x08\0${'\0'.repeat(16)}`),
        ansi(`${String.fromCharCode(name.length)}\0\0\0`),
        ansi(`${name}\xed\xbd\x07\x60\0\x1c`),
      ),
    ),
  )

const boundaries = acrossBoundaries()

const lineEnds: readonly CsvFile[] = [
  good('line feeds', `${H}\n${a}\n${b}\n`, [A, B]),
  good('carriage returns and line feeds', `${H}\r\n${a}\r\n${b}\r\n`, [A, B]),
  good('carriage returns alone', `${H}\r${a}\r${b}\r`, [A, B]),
  good('CRLF first, then LF', `${H}\r\n${a}\r\n${b}\n${c}\n`, [A, B, C]),
  good('LF first, then CRLF', `${H}\n${a}\n${b}\r\n${c}\r\n`, [A, B, C]),
  good('CR first, then LF and CRLF', `${H}\r${a}\n${b}\r\n${c}`, [A, B, C]),
  good('doubled carriage returns', `${H}\r\r\n${a}\r\r\n${b}\r\r\n`, [A, B]),
  good('no line end at the end', `${H}\n${a}`, [A]),
  good('blank lines first', `\n\r\n  \n\t\n${H}\n${a}\n`, [A]),
  good('blank lines of separators first', `,,\n;;\n${H}\n${a}\n`, [A]),
  good('blank lines between', `${H}\n\n${a}\n , \n\n${b}\n,,,\n\n`, [A, B]),
  good('names alone', `${H}\n`, []),
]

const separators: readonly CsvFile[] = [
  good('semicolons, few rows, a final line feed', `phone;first_name\n${tel(1)};Amina\n`, [A]),
  good('tabs', `phone\tfirst_name\n${tel(1)}\tAmina\n`, [A]),
  good('bars', `phone|first_name\n${tel(1)}|Amina\n`, [A]),
  good('sep=;', `sep=;\r\nphone;first_name\r\n${tel(1)};Amina\r\n12;x\r\n`, [A], { refused: [4] }),
  good('sep= in quotes, of a bar', `"sep=|"\nphone|first_name\n${tel(1)}|Amina\n`, [A]),
  good('sep= behind a byte order mark and of an odd kind', `\ufeffsep=~\nphone~first_name\n${tel(1)}~Amina\n`, [A]),
  good('separators within quoted names', `"phone";"first_name";"a,b,c,d"\n${tel(1)};Amina;"x,y"\n`, [A]),
  good('separators within quoted values', `${H},location\n${tel(1)},Amina,"Nairobi, ""west""; x"\n`, [
    [...A, 'Nairobi, "west"; x'],
  ]),
  good('more marks of another kind in a name', `phone;note (a, b, c, d);first_name\n${tel(1)};x;Amina\n`, [A]),
  good('one column', `phone\n${tel(1)}\n`, [['01']]),
]

const encodings: readonly CsvFile[] = [
  good('UTF-8 with a byte order mark', `\ufeff${H}\n${c}\n`, [C]),
  good('UTF-16 LE', utf16(`\ufeff${H}\r\n${c}\r\n${b}\r\n`), [B, C], { encoding: 'utf-16le' }),
  good('UTF-16 BE', swapped(utf16(`\ufeff${H}\r\n${c}\r\n${b}\r\n`)), [B, C], { encoding: 'utf-16be' }),
  good(
    'UTF-16 LE with tabs, as Excel saves "Unicode text"',
    utf16(`\ufeffphone\tfirst_name\r\n${tel(3)}\tCéline\r\n`),
    [C],
    {
      encoding: 'utf-16le',
    },
  ),
  good('UTF-16 LE without a byte order mark', utf16(`${H}\n${c}\n`), [C], { encoding: 'utf-16le' }),
  large('UTF-16 LE of 600 KB', utf16(`\ufeff${many(9000, (nth) => `Zoë 🎉 ${nth}`, '\r\n')}`), 9000, {
    encoding: 'utf-16le',
  }),
  large('UTF-16 BE of 600 KB', swapped(utf16(`\ufeff${many(9000, (nth) => `Zoë 🎉 ${nth}`)}`)), 9000, {
    encoding: 'utf-16be',
  }),
  good('Windows-1252', ansi(`${H}\n${tel(3)},C\xe9line\n${tel(4)},\x80uro \x93x\x94\n`), [C, ['04', '€uro “x”']], {
    encoding: 'windows-1252',
  }),
  large('Windows-1252 that shows late', ansi(many(9000, (nth) => (nth === 8990 ? 'Ren\xe9e' : 'Anna'))), 9000, {
    encoding: 'windows-1252',
  }),
  good(
    'a damaged line within UTF-8',
    joined(utf8(`${H}\n${c}\n`), ansi(`${tel(1)},M\xfcller\n`), utf8(`${b}\n`)),
    [B, C],
    {
      refused: [3],
    },
  ),
  large('letters across boundaries', boundaries, Buffer.from(boundaries).toString().split('\n').length - 2),
  good('other scripts', `${H}\n${tel(1)},نيروبي 🎉\n`, [['01', 'نيروبي 🎉']]),
]

const quotes: readonly CsvFile[] = [
  good('a quote that is not closed, at the end', `${H}\n${a}\n${tel(2)},"Bob\n`, [A], { refused: [3] }),
  good('a quote that is not closed, in the middle', `${H}\n${tel(2)},"Bob\n${a}\n${c}\n`, [A, C], { refused: [2] }),
  good(
    'a quote that is not closed, and others below',
    `${H}\r\n${tel(2)},"Bob\r\n${tel(1)},"Amina"\r\n${c}\r\n`,
    [A, C],
    {
      refused: [2],
    },
  ),
  good('two quotes that are not closed', `${H}\n"${a}\n${b}\n${tel(4)},"x\n${c}`, [B, C], { refused: [2, 4] }),
  good('text behind a quoted cell', `${H}\n${tel(1)},"Ami" na\n${b}\n`, [B], { refused: [2] }),
  good('doubled quotes', `${H}\n${tel(1)},"Am""ina"\n`, [['01', 'Am"ina']]),
  good('quotes within a bare cell', `${H}\n${tel(1)},Am"i"na\n`, [['01', 'Am"i"na']]),
  good('a cell of two lines', `${H}\n${tel(1)},"Ami\nna"\n12,x\n`, [['01', 'Ami\nna']], { refused: [4] }),
  good('a cell of two lines, with CRLF', `${H}\r\n${tel(1)},"Ami\r\nna"\r\n12,x\r\n`, [['01', 'Ami\nna']], {
    refused: [4],
  }),
  good('blanks around quotes', `${H}\n ${tel(1)} , "Amina" \n`, [A]),
  good('all cells in quotes', `"phone","first_name"\n"${tel(1)}","Amina"\n"",""\n`, [A]),
  good('a name of two lines', `phone,"first\nname"\n${a}\n12,x\n`, [A], { refused: [4] }),
  bad('names with a quote that is not closed', `phone,"first_name\n${a}\n${b}\n`, /^Line 1 .*not closed/),
  large(
    '2,000 rows below a quote that is not closed',
    utf8(`${H}\n0722000000,"open\n${many(2000, () => 'x').slice(17)}`),
    2000,
    {
      refused: [2],
    },
  ),
]

const shapes: readonly CsvFile[] = [
  good('a comma in a bare cell', `${H},location\n${tel(2)},Otieno, Bob,Lamu\n${a},Lamu\n`, [[...A, 'Lamu']], {
    refused: [2],
  }),
  good(
    'a comma in a bare cell, saved by a spreadsheet',
    `${H},location,\n${tel(2)},Otieno, Bob,Lamu\n${a},Lamu,\n`,
    [[...A, 'Lamu']],
    {
      refused: [2],
    },
  ),
  good('a comma behind every row', `${H}\n${a},\n${b},\n`, [A, B]),
  good('a comma behind every line', `${H},\n${a},\n${b},\n`, [A, B]),
  good('rows that are short', `${H},location\n${a}\n${tel(2)}\n`, [A, ['02']]),
  good(
    'phones that come again',
    `${H},location\n${tel(1)},Ann,Lamu\n+254 712 000 001,Amina,\n${b},\n`,
    [[...A, 'Lamu'], B],
    {
      repeated: 1,
    },
  ),
  good('values that are wrong', `${H}\n12,x\n,x\n${tel(2)},${'x'.repeat(201)}\n${tel(2)},a\0b\n${a}\n`, [A], {
    refused: [2, 3, 4, 5],
  }),
  good('cells of our own export', `\ufeff${H},last_name\r\n+2547120000${tel(1).slice(-2)},'=1+1,"'\t@x"\r\n`, [
    ['01', '=1+1', '\t@x'],
  ]),
  bad('120,000 columns', `phone${',a'.repeat(120_000)}\n${tel(1)}\n`, /120001 columns/),
  good('a row of 120,000 cells', `${H}\n${tel(2)}${','.repeat(120_000)}\n${a}\n`, [A], { refused: [2] }),
  good('200 KB of quotes in an open quote', `${H}\n${tel(2)},"${'""'.repeat(100_000)}\n${a}\n`, [A], { refused: [2] }),
  good('a row of 300 KB', `${H}\n${tel(2)},${'x'.repeat(300_000)}\n${a}\n`, [A], { refused: [2] }),
]

const names: readonly CsvFile[] = [
  ...[
    'Mobile',
    'MOBILE_NUMBER',
    'phone-number',
    'MSISDN',
    'Cell',
    'Cellphone',
    'Tel.',
    'Telephone',
    'WhatsApp',
    'Number',
  ].map((name) => good(`the phone as ${name}`, `${name},First Name\n${a}\n`, [A])),
  good('usual names', `"Contact Number",Given Name,Surname,Town,Product\n${a},Otieno,Lamu,Lamp\n`, [
    [...A, 'Otieno', 'Lamu', 'Lamp'],
  ]),
  good('invisible letters in names', `\u200b Pho\u00adne\u00a0,\u202afirst\u00a0name\u202c\n${a}\n`, [A]),
  good('a clear name beside a vague one', `number,phone,name,first_name\n7,${tel(1)},Amina X,Amina\n`, [A]),
  bad('no phone', `first_name,location\nAmina,Lamu\n`, /no column "phone".*"first_name", "location"/, true),
  bad(
    'one name twice',
    `phone,first_name,Phone\n${a},${tel(2)}\n`,
    /"phone" \(column 1\) and "Phone" \(column 3\)/,
    true,
  ),
  bad(
    'two names of one field',
    `Mobile,first_name,Phone number\n${a},${tel(2)}\n`,
    /"Mobile".* and "Phone number"/,
    true,
  ),
  bad('two names of another field', `phone,City,Town\n${tel(1)},Lamu,Lamu\n`, /"City".* and "Town".*"location"/, true),
]

const otherFiles: readonly CsvFile[] = [
  bad('an empty file', '', /empty/),
  bad('blanks alone', '\n \n\r\n,,\n', /empty/),
  bad('an Excel workbook', zip('[Content_Types].xml', 'xl/workbook.xml'), /Excel workbook \(.xlsx\).*CSV UTF-8/),
  bad(
    'an old Excel workbook',
    joined(ansi('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'), new Uint8Array(600)),
    /Excel workbook.*\.xls\).*CSV UTF-8/,
  ),
  bad('an OpenDocument sheet', zip('mimetype', 'application/vnd.oasis.opendocument.spreadsheet'), /\.ods\).*CSV UTF-8/),
  bad('a zip', zip('people.csv'), /compressed \(zip\)/),
  bad('a gzip', new Uint8Array(Bun.gzipSync(utf8(`${H}\n${a}\n`))), /compressed \(gzip\)/),
  bad('a PDF', '%PDF-1.7\n%\xe2\xe3', /PDF/),
  bad('a web page', `\ufeff\n<!DOCTYPE html><html><body><table><tr><td>phone</td></tr></table>`, /web page/),
  bad('a table of HTML called .xls', '<table border=1>\n<tr><td>phone</td>', /web page/),
  bad('JSON', '[\n{"phone": "0712000001"}]', /JSON/),
  bad('a picture', ansi('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'), /picture/),
]

export const csvFiles: readonly CsvFile[] = [
  ...lineEnds,
  ...separators,
  ...encodings,
  ...quotes,
  ...shapes,
  ...names,
  ...otherFiles,
]
