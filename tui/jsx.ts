/**
 * React's production build has no `jsxDEV`, but Bun's transform calls it in a program that was started in another folder
 * without NODE_ENV: there it reads no tsconfig.json. Loaded before anything with JSX in it.
 */
import { createRequire } from 'node:module'
import { jsx } from 'react/jsx-runtime'

const development = createRequire(import.meta.url)('react/jsx-dev-runtime') as { jsxDEV: typeof jsx | undefined }
development.jsxDEV ??= (type, props, key) => jsx(type, props, key)
