/**
 * The project's own rules, which neither Biome nor the compiler knows: import directions, where the environment is
 * read, how long a file may be, tests that are left out, races that are named and not described. Prints
 * `path:line: message` for each breach and ends with 1.
 */
import { fileURLToPath } from 'node:url'
import { checkImports } from './check/imports.ts'
import { checkLines } from './check/lines.ts'
import { checkReferences, readRaces } from './check/references.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const sources = new Bun.Glob('{core,plugins,tui,migrations,test,scripts}/**/*.{ts,tsx,mjs}')

const paths = [...sources.scanSync({ cwd: root })].filter((path) => !path.includes('/node_modules/')).sort()
const races = readRaces(await Bun.file(`${root}core/messaging/RACES.md`).text())
const findings = []
for (const path of paths) {
  const text = await Bun.file(`${root}${path}`).text()
  findings.push(...checkImports(path, text), ...checkLines(path, text), ...checkReferences(path, text, races))
}

for (const { path, line, message } of findings) console.error(`${path}:${line}: ${message}`)
if (findings.length > 0) process.exit(1)
console.log(`Checked ${paths.length} files: no breach of the project's rules.`)
