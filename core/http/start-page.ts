/** GET /: leads to the documentation. */
import { Elysia, t } from 'elysia'
import { route } from './route.ts'

const links = { documentation: '/swagger', openapi: '/swagger/json', health: '/health' }
const answer = t.Object(
  { name: t.String(), version: t.String(), documentation: t.String(), openapi: t.String(), health: t.String() },
  { title: 'Start' },
)

export const startPage = (name: string, version: string) => {
  const about = { name, version, ...links }
  return new Elysia().get(
    '/',
    ({ request: { headers } }) =>
      headers.get('accept')?.includes('text/html')
        ? new Response(null, { status: 302, headers: { location: 'swagger', vary: 'accept' } })
        : Response.json(about, { headers: { vary: 'accept' } }),
    {
      detail: route({
        open: true,
        tag: 'Operations',
        summary: 'Find the documentation',
        description: 'Returns the addresses of the documentation; browsers are redirected to it.',
        answers: [
          { status: 200, description: 'Name, version and addresses', schema: answer, example: about },
          { status: 302, description: 'Redirect to the documentation, for browsers' },
        ],
      }),
    },
  )
}
