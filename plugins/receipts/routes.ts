import { Elysia } from 'elysia'
import type { ReceiptsGrant } from './grant.ts'
import { openHooks } from './hooks.ts'
import { belowPath, belowTwicePath, challengeDocs, hookDocs, hookPath } from './schema.ts'

/** Open to the internet: what is posted counts by its signature alone. */
export const hookRoutes = (grant: ReceiptsGrant) => {
  const answer = openHooks(grant)
  return new Elysia({ prefix: '/hooks' })
    .post('/:sender', ({ request, params }) => answer(request, params.sender, ''), {
      parse: 'none',
      params: hookPath,
      detail: hookDocs,
    })
    .post('/:sender/:path', ({ request, params }) => answer(request, params.sender, params.path), {
      parse: 'none',
      params: belowPath,
      detail: hookDocs,
    })
    .post(
      '/:sender/:path/:topic',
      ({ request, params }) => answer(request, params.sender, `${params.path}/${params.topic}`),
      {
        parse: 'none',
        params: belowTwicePath,
        detail: hookDocs,
      },
    )
    .get('/:sender', ({ request, params }) => answer(request, params.sender, ''), {
      params: hookPath,
      detail: challengeDocs,
    })
    .get('/:sender/:path', ({ request, params }) => answer(request, params.sender, params.path), {
      params: belowPath,
      detail: challengeDocs,
    })
    .get(
      '/:sender/:path/:topic',
      ({ request, params }) => answer(request, params.sender, `${params.path}/${params.topic}`),
      {
        params: belowTwicePath,
        detail: challengeDocs,
      },
    )
}
