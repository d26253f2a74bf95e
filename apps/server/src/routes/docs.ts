import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { docsHeaders } from '../http/security-headers.ts'

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Thalweg API</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`

// The validator would be asked over the network.
const start =
  "SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: 'none' })\n"

const require = createRequire(import.meta.url)

/** All that is served under /docs; a request never names a file. */
const files = [
  { path: '/docs', type: 'text/html; charset=utf-8', read: async () => page },
  { path: '/docs/start.js', type: 'text/javascript; charset=utf-8', read: async () => start },
  { path: '/docs/swagger-ui.css', type: 'text/css; charset=utf-8', read: () => shipped('swagger-ui.css') },
  {
    path: '/docs/swagger-ui-bundle.js',
    type: 'text/javascript; charset=utf-8',
    read: () => shipped('swagger-ui-bundle.js'),
  },
]

function shipped(name: 'swagger-ui.css' | 'swagger-ui-bundle.js'): Promise<string> {
  return readFile(require.resolve(`swagger-ui-dist/${name}`), 'utf8')
}

/** The API's documentation as a page that needs nothing from elsewhere. */
export function addDocsRoutes(app: OpenAPIHono): void {
  app.use('/docs', docsHeaders)
  app.use('/docs/*', docsHeaders)
  app.get('/docs/', (c) => c.redirect('/docs', 308))
  for (const { path, type, read } of files) {
    app.get(path, async (c) =>
      c.body(await read(), 200, { 'content-type': type, 'cache-control': 'no-cache' }),
    )
  }
}
