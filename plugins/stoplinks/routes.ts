import { Elysia, t } from 'elysia'
import { AppError, errors } from '../../core/errors.ts'
import { readBytes } from '../../core/http/body.ts'
import { text } from '../../core/http/fields.ts'
import { route } from '../../core/http/route.ts'
import type { StopLinkGrant } from './grant.ts'
import { type Moment, pageOf } from './page.ts'

const path = t.Object({
  token: text({ min: 1, max: 64, description: 'Token of the link', example: 'Yk2f0c7wQmX1v9bT' }),
})

const common = { open: true, verbatim: true, tag: 'Inbound' } as const

const showDocs = route({
  ...common,
  summary: 'Show the page of a stop link',
  description:
    'The page to which `{stop_link}` in a text leads, in the language of the customer. It asks whether the person wants no more messages, and changes nothing, so that previews of links opt nobody out.',
  answers: [{ status: 200, description: 'A page, also with status 404 for a link that is not valid' }],
  errors: [errors.INVALID_REQUEST],
})

const followDocs = route({
  ...common,
  summary: 'Opt out by a stop link',
  description: 'The form of the page: `wish=stop` suppresses the person on all channels, `wish=undo` takes that back.',
  answers: [{ status: 200, description: 'A page, also with status 404 for a link that is not valid' }],
  errors: [errors.INVALID_REQUEST],
  streamed: { 'application/x-www-form-urlencoded': 'wish=stop' },
})

/** Open to the internet: the token is what a recipient has. */
export const stopLinkRoutes = ({ messaging: { stopLinks }, clock }: StopLinkGrant) => {
  const page = (request: Request, moment: Moment, language: string | null = null) =>
    pageOf({ moment, language, accepted: request.headers.get('accept-language') })
  return new Elysia({ prefix: '/u' })
    .get(
      '/:token',
      async ({ request, params }) => {
        const person = await stopLinks.find(params.token)
        if (!person) return page(request, 'gone')
        return page(request, person.stopped ? 'done' : 'ask', person.language)
      },
      { params: path, detail: showDocs },
    )
    .post(
      '/:token',
      async ({ request, params }) => {
        const wish = wishOf(await readBytes(request, clock))
        const followed = await stopLinks[wish](params.token)
        const person = followed ? await stopLinks.find(params.token) : undefined
        return person ? page(request, person.stopped ? 'done' : 'undone', person.language) : page(request, 'gone')
      },
      { parse: 'none', params: path, detail: followDocs },
    )
}

/** @throws AppError INVALID_REQUEST */
function wishOf(body: Uint8Array): 'stop' | 'undo' {
  const wish = new URLSearchParams(new TextDecoder().decode(body.subarray(0, 1000))).get('wish')
  if (wish === 'stop' || wish === 'undo') return wish
  const message = 'wish must be "stop" or "undo"'
  throw new AppError(errors.INVALID_REQUEST, message, [{ path: 'wish', message }])
}
