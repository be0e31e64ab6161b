/**
 * `npm run new-plugin hello [folder]`: writes a plugin that runs, with its tests, into a folder of its own; by default
 * plugins-local/hello. What it writes is scripts/new-plugin/hello under another name.
 */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { environment } from '../core/config/config.ts'
import { BootError } from '../core/errors.ts'
import { namePattern } from '../core/host/checks.ts'
import { grantsOf } from '../core/host/grants.ts'
import { prefixOf } from '../core/host/own-tables.ts'
import { tableNames } from '../core/messaging/schema.ts'
import { plugins } from '../plugins/index.ts'
import hello from './new-plugin/hello/plugin.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const template = path.join(root, 'scripts/new-plugin/hello')

function checkName(name: string | undefined): string {
  if (name === undefined) throw new BootError('Usage: npm run new-plugin <name> [folder]')
  const refuse = (why: string) => new BootError(`Cannot call a plugin "${name}": ${why}`)
  if (!namePattern.test(name) || name.length > 30) throw refuse('expected lower-case letters and digits, at most 30')
  if (plugins.some((plugin) => plugin.name === name)) throw refuse('a plugin that is built in has this name')
  const taken = tableNames.find((table) => table.startsWith(prefixOf(name)))
  if (taken) throw refuse(`its tables would begin with "${prefixOf(name)}", as "${taken}" does already`)
  return name
}

function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true })
  if (readdirSync(folder).length > 0) throw new BootError(`Cannot write into "${folder}": it is not empty`)
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** Placeholders of the template besides its name. */
type Places = Readonly<Record<'entry' | 'grants', string>>

/** @returns the names of the files */
function writeFiles(name: string, folder: string, places: Places): string[] {
  const renamed = (text: string) =>
    text
      .replace(/\{(entry|grants)\}/g, (_, place: keyof Places) => places[place])
      .replaceAll('hello', name)
      .replaceAll('Hello', capital(name))
      .replaceAll('HELLO', name.toUpperCase())
  const files = readdirSync(template).map((file) => {
    // A package.json in the template's own folder would cut it off from the package that it imports.
    const written = file.replace('.template', '')
    writeFileSync(path.join(folder, written), renamed(readFileSync(path.join(template, file), 'utf8')))
    return written
  })
  // The type check and the tests find `campaign-dispatch/plugin` here; a server that runs the plugin brings it along.
  mkdirSync(path.join(folder, 'node_modules'))
  symlinkSync(root.replace(/\/$/, ''), path.join(folder, 'node_modules/campaign-dispatch'), 'dir')
  writeFileSync(path.join(folder, '.gitignore'), 'node_modules\n')
  return files
}

try {
  const [, , given, target] = process.argv
  const name = checkName(given)
  // npm runs scripts in the project's folder and tells where it was called.
  const called = environment.INIT_CWD ?? process.cwd()
  const folder = target === undefined ? path.join(root, 'plugins-local', name) : path.resolve(called, target)
  makeFolder(folder)
  const inside = path.relative(root, folder)
  const entry = `${inside.startsWith('..') ? folder : `./${inside}`}/plugin.ts`
  const grants = `${name}=${grantsOf(hello).join(',')}`
  const files = writeFiles(name, folder, { entry, grants })
  console.log(
    [
      `Wrote ${files.join(', ')} into ${folder}`,
      '',
      'Its tests and its type check:',
      `  cd ${folder} && npm test && npm run check`,
      'The server with it:',
      `  PLUGINS="all,${entry}" GRANTS="${grants}" npm start`,
    ].join('\n'),
  )
} catch (error) {
  if (!(error instanceof BootError)) throw error
  console.error(error.message)
  process.exit(1)
}
