import { describe, expect, test } from 'bun:test'
import { readSql } from '../../core/db/sql-file.ts'

describe('readSql()', () => {
  test.each<[name: string, source: string, text: string, names: string[]]>([
    ['a parameter', 'select :id', 'select $1', ['id']],
    ['one that is used twice', 'select :a, :b, :a', 'select $1, $2, $1', ['a', 'b']],
    ['a cast of one', 'select :ids::bigint[]', 'select $1::bigint[]', ['ids']],
    ['a cast of something else', 'select count(*)::int, :a', 'select count(*)::int, $1', ['a']],
    ['one in brackets', 'select (:turns::smallint[])[r.nth]', 'select ($1::smallint[])[r.nth]', ['turns']],
    ['a string that looks like one', "select ':id', 'it''s :b', :c", "select ':id', 'it''s :b', $1", ['c']],
    ['a quoted name that looks like one', 'select ":id" from "a:b"', 'select ":id" from "a:b"', []],
    ['a comment that names one', 'select 1 -- :id\n, :b', 'select 1 , $1', ['b']],
    ['a comment within a line', "select /* :id, it's */ :b", 'select $1', ['b']],
    ['dashes in a string', "select '-- :id', :b", "select '-- :id', $1", ['b']],
    ['commands of psql', "\\set id '''1'''\nselect :id", 'select $1', ['id']],
    [
      'lines and indents',
      "with\n  a as (\n    select '  x\n'\n  )\nselect :b",
      "with a as ( select '  x\n' ) select $1",
      ['b'],
    ],
    ['a semicolon at the end', 'select 1;\n', 'select 1', []],
    ['a slice of an array', 'select a[1 :2]', 'select a[1 :2]', []],
  ])('reads %s', (_, source, text, names) => expect(readSql(source)).toEqual({ text, names }))
})
