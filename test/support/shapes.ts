/** Bodies whose shape is hostile: JSON of a megabyte that is deep, wide, long or repeated. */

export interface Shape {
  readonly name: string
  readonly json: string
}

const keys = (count: number, name: (nth: number) => string, value = '1') =>
  Array.from({ length: count }, (_, nth) => `${JSON.stringify(name(nth))}:${value}`).join(',')
const object = (fields: string) => `{${fields}}`
const around = (open: string, levels: number, close: string, inner = '1') =>
  open.repeat(levels) + inner + close.repeat(levels)

/** Below the largest body that is read, so that the shape and not the size is refused; a quarter of it, for many routes. */
const MOST = 1_000_000

/** @param field a field that routes know, so that the shape is looked at as its value, too */
export function shapes(field: string): Shape[] {
  const values: readonly Shape[] = [
    { name: 'lists 20,000 deep', json: around('[', 20_000, ']') },
    { name: 'objects 20,000 deep', json: around('{"a":', 20_000, '}') },
    { name: 'lists 50,000 deep', json: around('[', 50_000, ']') },
    { name: 'lists 480,000 deep', json: around('[', 480_000, ']') },
    { name: 'lists 64 deep', json: around('[', 64, ']') },
    { name: 'lists 990,000 deep, not closed', json: '['.repeat(990_000) },
    {
      name: '1,000 lists 50 deep',
      json: `[${Array(1000)
        .fill(around('[', 50, ']'))
        .join(',')}]`,
    },
    { name: '100,000 keys', json: object(keys(100_000, (nth) => `key${nth}`)) },
    { name: '30,000 keys with an object each', json: object(keys(30_000, (nth) => `key${nth}`, '{"a":{"b":[]}}')) },
    { name: 'one key 60,000 times', json: object(keys(60_000, () => field)) },
    { name: 'a key of a million characters', json: object(keys(1, () => 'k'.repeat(MOST - 1000))) },
    { name: '7 keys of 130,000 characters', json: object(keys(7, (nth) => nth + 'k'.repeat(130_000))) },
    { name: '__proto__ and constructor', json: '{"__proto__":{"a":1},"constructor":{"prototype":{"a":1}}}' },
    { name: '__proto__ 60,000 times', json: object(keys(60_000, () => '__proto__', '{}')) },
    { name: 'a list of 480,000 numbers', json: `[${'1,'.repeat(480_000)}1]` },
    { name: 'a list of 330,000 objects', json: `[${'{},'.repeat(330_000)}{}]` },
    { name: 'a text of a million characters', json: JSON.stringify('x'.repeat(MOST - 1000)) },
    { name: 'a text of 480,000 escaped quotes', json: `"${'\\"'.repeat(480_000)}"` },
    { name: 'a text of 160,000 halves of surrogates', json: `"${'\\ud800'.repeat(160_000)}"` },
    { name: '1e999', json: '1e999' },
    { name: '-1e999', json: '-1e999' },
    { name: 'an integer of 400 digits', json: '9'.repeat(400) },
    { name: 'an integer of a million digits', json: '9'.repeat(MOST - 1000) },
    { name: 'a fraction of a million digits', json: `0.${'9'.repeat(MOST - 1000)}` },
    { name: 'an exponent of a million digits', json: `1e-${'9'.repeat(MOST - 1000)}` },
  ]
  return values.flatMap(({ name, json }) => [
    { name, json },
    { name: `${name}, as ${field}`, json: `{${JSON.stringify(field)}:${json}}` },
  ])
}
