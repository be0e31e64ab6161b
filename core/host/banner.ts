/** Banner in the terminal once the server has started. */
import type { AnyPlugin } from './plugin.ts'

export interface Running {
  readonly url: string
  readonly sites: readonly { readonly title: string; readonly url: string }[]
  readonly data: string
  readonly queue: string
  readonly senders: string
  /** Address that receipts are posted to; undefined: none are. */
  readonly hooks: string | undefined
  readonly plugins: readonly AnyPlugin[]
}

export function banner({ url, sites, data, queue, senders, hooks, plugins }: Running): string {
  const width = Math.max(...plugins.map((plugin) => plugin.name.length))
  return [
    '',
    'campaign-dispatch is running',
    '',
    `  API            ${url}`,
    `  Documentation  ${url}/swagger`,
    ...sites.map((site) => `  ${site.title.padEnd(14)} ${site.url}`),
    `  Data           ${data}`,
    `  Queue          ${queue}`,
    `  Senders        ${senders}`,
    `  Receipts       ${hooks ?? 'none are posted: PUBLIC_URL is not set'}`,
    '',
    '  Plugins and their permissions',
    ...plugins.map((plugin) => `    ${plugin.name.padEnd(width)}  ${permissionText(plugin)}`),
    '',
    '  Ctrl-C stops: work in flight is finished first.',
    '',
  ].join('\n')
}

/** A plugin's permissions on one line: `reads orders; writes invoices; billing.send, clock, wakeUps`. */
export function permissionText({ needs }: AnyPlugin): string {
  const { db, ...rest } = needs as { db?: { read?: readonly string[]; write?: readonly string[] } }
  const tables = [
    ...(db?.read?.length ? [`reads ${db.read.join(', ')}`] : []),
    ...(db?.write?.length ? [`writes ${db.write.join(', ')}`] : []),
  ]
  const handles = Object.entries(rest)
    .flatMap(([name, parts]) => (Array.isArray(parts) ? parts.map((part) => `${name}.${part}`) : [name]))
    .join(', ')
  return [...tables, ...(handles ? [handles] : [])].join('; ') || 'nothing'
}
