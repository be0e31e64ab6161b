/** Rules that every answer must follow, whatever the input. */
import { expect } from 'bun:test'
import { errors } from '../../core/errors.ts'
import { errorsOf } from '../../core/host/contributed.ts'
import { plugins } from '../../plugins/index.ts'
import type { Answer } from './api.ts'

/** Phones that only the database knows: no refusal may hold one. */
const secretPhones = /\+25471999\d{4}/
/** Stacks, file names, SQL. */
const internals =
  /\n\s+at |node_modules|\/[\w.-]+\.ts\b|\.ts:\d|PostgresError|\b(select|returning) "|\binsert into\b|\bupdate "|\bdelete from\b|violates|relation "/i

const statuses = new Map(
  [...Object.values(errors), ...errorsOf(plugins)].map(({ code, status }) => [code, status] as const),
)

const leaks = (text: string) => internals.test(text) || secretPhones.test(text)

/** A refusal must be in the promised form and tell nothing; a failure is never one. */
export function expectSane(answer: Answer, what: () => unknown): void {
  const { status, json, text } = answer
  if (status >= 500 || status < 200) throw new Error(`${status} for ${excerpt(what())}: ${text}`)
  if (status < 300) return
  // A page for a person, who followed a link that is not valid.
  if (status === 404 && answer.headers.get('content-type')?.startsWith('text/html')) {
    expect({ what: excerpt(what()), leak: leaks(text) }).toEqual({ what: excerpt(what()), leak: false })
    return
  }
  const actual = { status, message: json?.error?.message, leak: leaks(text) }
  expect({ what: excerpt(what()), ...actual }).toEqual({
    what: excerpt(what()),
    status: statuses.get(json?.error?.code) ?? 0,
    message: expect.stringMatching(/./),
    leak: false,
  })
  expect(Object.keys(json)).toEqual(['error'])
  expect(text.length).toBeLessThan(20_000)
}

/** Beginning of a value that may be a megabyte long. */
export const excerpt = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, 300)
