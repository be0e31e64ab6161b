/**
 * The project's own rules, which neither Biome nor the compiler knows: import directions, circles of imports, words of the domain below it, where the environment is
 * read, how long a file may be, tests that are left out, races that are named and not described. Prints
 * `path:line: message` for each breach and ends with 1.
 */
import { fileURLToPath } from 'node:url'
import { checkCircles } from './check/circles.ts'
import { checkFloorWords } from './check/floor-words.ts'
import { checkImports } from './check/imports.ts'
import { checkLines } from './check/lines.ts'
import { checkReferences, readRaces } from './check/references.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const sources = new Bun.Glob('{core,plugins,tui,migrations,test,scripts}/**/*.{ts,tsx,mjs}')

const paths = [...sources.scanSync({ cwd: root })].filter((path) => !path.includes('/node_modules/')).sort()
const races = readRaces(await Bun.file(`${root}core/messaging/RACES.md`).text())
const findings = []
const files = new Map<string, string>()
for (const path of paths) {
  const text = await Bun.file(`${root}${path}`).text()
  files.set(path, text)
  findings.push(...checkImports(path, text), ...checkFloorWords(path, text))
  findings.push(...checkLines(path, text), ...checkReferences(path, text, races))
}
findings.push(...checkCircles(files))

for (const { path, line, message } of findings) console.error(`${path}:${line}: ${message}`)
if (findings.length > 0) process.exit(1)
console.log(`Checked ${paths.length} files: no breach of the project's rules.`)
