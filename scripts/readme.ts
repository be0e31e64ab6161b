/**
 * `bun run readme`: writes into README.md what is not written by hand: the answers of its examples, as the server gives
 * them, and the tables of plugins and settings. An answer that differs in its times only stays as it is.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { plugins } from '../plugins/index.ts'
import { startServer } from '../test/support/server-process.ts'
import { exampleSettings, findExamples, runExamples, withoutTimes, writeAnswers } from './readme/examples.ts'
import { layout } from './readme/layout.ts'
import { fill, pluginTable, settingTable } from './readme/tables.ts'

const file = Bun.file(new URL('../README.md', import.meta.url))
const readme = await file.text()
const examples = findExamples(readme)

const folder = await mkdtemp(join(tmpdir(), 'campaign-dispatch-readme-'))
const server = await startServer({ ...exampleSettings, DATA_DIR: folder })
try {
  const answered = await runExamples(examples, server.url)
  const answers = examples.map((example, nth) => {
    const answer = layout(answered[nth]?.answer)
    return withoutTimes(answer) === withoutTimes(example.answer) ? example.answer : answer
  })
  const written = fill(writeAnswers(readme, answers), 'plugins', pluginTable(plugins))
  await file.write(fill(written, 'settings', settingTable(plugins)))
  console.log(`README.md: ${examples.length} examples and 2 tables are up to date`)
} finally {
  await server.end()
  await rm(folder, { recursive: true, force: true })
}
