/** Import rules of the folders. The text is searched rather than parsed: Biome's format makes imports easy to find. */
import { posix } from 'node:path'
import { type Finding, lineAt } from './finding.ts'

interface Import {
  readonly target: string
  readonly typeOnly: boolean
  readonly index: number
}

/** For each folder, what it may import besides packages: values (and so types), or types only. */
const allowed: Readonly<Record<string, Readonly<Record<string, 'values' | 'types'>>>> = {
  core: { core: 'values' },
  plugins: { plugins: 'values', core: 'values' },
  tui: { tui: 'values', plugins: 'types' },
  migrations: {},
  scripts: {
    scripts: 'values',
    core: 'values',
    plugins: 'values',
    migrations: 'values',
    tui: 'values',
    test: 'values',
  },
  test: { scripts: 'values', core: 'values', plugins: 'values', migrations: 'values', tui: 'values', test: 'values' },
}

/** Code that runs in a browser, and the part of core that runs there and in the terminal too. */
const browser = /^plugins\/[^/]+\/web\//
const portable =
  /^core\/(?:text\/[^/]+|http\/composed|messaging\/(?:text\/[^/]+|contacts\/(?:fields|attributes|tags|locale|csv\/[^/]+)|campaign\/status|segments\/words|senders\/codes))\.ts$/

/** The domain stands on the rest of core, which knows nothing of it. */
const domain = /^core\/messaging\//
const floor = /^core\/(?!messaging\/|(?:main|start|plugin|testing)\.ts)/

/** Files of core that a plugin may know; everything else reaches it through its grant. */
const knownToPlugins = [
  // The contract of a plugin, and the words of handles that it is granted.
  /^core\/(?:clock|errors|failpoint|wakeups|host\/(?:plugin|health|presence)|log\/(?:log|mask)|queue\/queue)\.ts$/,
  /^core\/db\/(?:prepare|retry)\.ts$/,
  // Parts of routes.
  /^core\/http\/(?:arriving|body|cursor|depth|docs|edge|fields|health-schema|page|principal|route|search|time)\.ts$/,
  // Words of the domain.
  /^core\/messaging\/(?:errors|schema|scopes|settings|campaign\/(?:status|texts)|policy\/(?:candidate|policy|quiet-hours-policy|text-window)|senders\/(?:account-check|batch|code-table|codes|contract|hook|json|outcome|provider-call|secret))\.ts$/,
  // Its services, each with the types of what goes in and comes out.
  /^core\/messaging\/(?:chunk\/work|campaign\/(?:campaign|control|schedule)-service|dry-run\/service|enqueue\/enqueue|senders\/sender-service)\.ts$/,
  /^core\/messaging\/(?:contacts|inbound|policy|prices|receipts|recipients|segments)\/service\.ts$/,
  /^core\/messaging\/(?:consents|suppressions)\/(?:flags|service)\.ts$/,
  // The one reader of files that are imported.
  /^core\/messaging\/contacts\/import\/(?:body|source)\.ts$/,
  // Queries and views for those who are granted tables for reading.
  /^core\/messaging\/(?:health|campaign\/(?:live|stats|stats-schema|waiting|waiting-schema)|chunk\/stuck|senders\/(?:pace|standstill))\.ts$/,
]
const isKnownToPlugins = (target: string) => portable.test(target) || knownToPlugins.some((files) => files.test(target))

/** Imports that join core and the plugins, in the few places where they meet. */
const exceptions = new Set([
  'core/main.ts -> plugins/index.ts',
  // One process may be server and dashboard.
  'core/main.ts -> tui/local.ts',
  // A setting that the console shares with the terminal.
  'plugins/console/grant.ts -> core/config/core-settings.ts',
  // Settings are read in one place.
  'tui/main.ts -> core/config/config.ts',
  'tui/main.ts -> core/config/production.ts',
])

const patterns = [
  /^\s*import\s+(?<type>type\s+(?!from\b))?(?:[\w\s{}*,$]+?\sfrom\s*)?['"](?<target>[^'"\n]+)['"]/gm,
  /^\s*export\s+(?<type>type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s*from\s*['"](?<target>[^'"\n]+)['"]/gm,
  /^(?!\s*(?:\/\/|\/?\*)).*\bimport\(\s*['"](?<target>[^'"\n]+)['"]/gm,
]

/** Imports of packages too; `index` is where each begins, which may be white space. */
export function* importsOf(text: string): Generator<Import> {
  for (const pattern of patterns) {
    for (const { groups, index } of text.matchAll(pattern)) {
      yield { target: groups?.target ?? '', typeOnly: groups?.type !== undefined, index }
    }
  }
}

/** The folder that a plugin's file belongs to; undefined for `plugins/index.ts` and what is no plugin. */
const pluginOf = (path: string) => /^plugins\/([^/]+)\//.exec(path)?.[1]

function objection(path: string, target: string, typeOnly: boolean): string | undefined {
  if (exceptions.has(`${path} -> ${target}`)) return undefined
  const from = path.split('/')[0] ?? ''
  const to = target.split('/')[0] ?? ''
  if (!(to in allowed)) return undefined
  const right = from === 'tui' && portable.test(target) ? 'values' : allowed[from]?.[to]
  if (right === undefined) return `${from} may not import ${to} ("${target}")`
  if (right === 'types' && !typeOnly) return `${from} may import only types from ${to}: write \`import type\``
  if (floor.test(path) && domain.test(target)) return `"${posix.dirname(path)}" may not import the domain ("${target}")`
  // The types of the API, which all plugins make together.
  if (browser.test(path) && target === 'plugins/index.ts' && typeOnly) return undefined
  const runsThere = browser.test(target) || portable.test(target)
  const reachesBrowser = browser.test(path) || portable.test(path)
  if (reachesBrowser && !runsThere && !typeOnly) return `code for a browser may not import "${target}"`
  const plugin = pluginOf(path)
  if (plugin !== undefined && to === 'core' && !isKnownToPlugins(target))
    return `plugin "${plugin}" may not know "${target}"`
  if (from !== 'plugins' || to !== 'plugins' || plugin === undefined || plugin === pluginOf(target)) return undefined
  return `plugin "${plugin}" may not import ${pluginOf(target) ? `plugin "${pluginOf(target)}"` : `"${target}"`}`
}

/** @param path from the project's folder, with slashes */
export function checkImports(path: string, text: string): Finding[] {
  const findings: Finding[] = []
  for (const { target, typeOnly, index } of importsOf(text)) {
    if (!target.startsWith('.')) continue
    const message = objection(path, posix.join(posix.dirname(path), target), typeOnly)
    if (message) findings.push({ path, line: lineAt(text, text.slice(index).search(/\S/) + index), message })
  }
  return findings
}
