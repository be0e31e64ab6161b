/** The page of the documentation, from the viewer's package: nothing of it comes from elsewhere. */
import { Elysia } from 'elysia'
import { hiddenRoute } from './route.ts'

/** Script and style by the viewer's own file names. */
const files = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
} as const
const START = 'start.js'

/** Addresses are relative, so that the page also works under a path of a reverse proxy. */
const page = (title: string) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${Bun.escapeHTML(title)}: API</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="swagger/swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <noscript>This page needs JavaScript. The document itself: <a href="swagger/json">swagger/json</a></noscript>
    <script src="swagger/swagger-ui-bundle.js"></script>
    <script src="swagger/${START}"></script>
  </body>
</html>
`
const start = "SwaggerUIBundle({ url: 'swagger/json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null })\n"

/** The viewer sets styles by script and has pictures within its style sheet. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const headers = (type: string, cache: string) => ({
  'content-type': type,
  'cache-control': cache,
  'content-security-policy': policy,
})

/**
 * @param title of the API
 * @param describe the OpenAPI document, made when it is first asked for
 */
export function docsPage(title: string, describe: () => object) {
  let document: string | undefined
  const hidden = { detail: hiddenRoute({ open: true }) }
  const routes = new Elysia({ prefix: '/swagger' })
    .get('', () => new Response(page(title), { headers: headers('text/html; charset=utf-8', 'no-cache') }), hidden)
    .get(
      '/json',
      () => {
        document ??= JSON.stringify(describe())
        return new Response(document, { headers: headers('application/json', 'no-cache') })
      },
      hidden,
    )
    .get(
      `/${START}`,
      () => new Response(start, { headers: headers('text/javascript; charset=utf-8', 'no-cache') }),
      hidden,
    )
  for (const [file, type] of Object.entries(files))
    routes.get(
      `/${file}`,
      () =>
        new Response(Bun.file(Bun.fileURLToPath(import.meta.resolve(`swagger-ui-dist/${file}`))), {
          headers: headers(type, 'public, max-age=86400'),
        }),
      hidden,
    )
  return routes
}
