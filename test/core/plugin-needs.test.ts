import { expect, test } from 'bun:test'
import { needProblems } from '../../core/host/checks.ts'
import { type AnyPlugin, definePlugin, type Needs } from '../../core/host/plugin.ts'
import { inertResources } from '../support/inert.ts'

const plugin = (name: string, needs: object = {}) => definePlugin({ name, needs: needs as Needs }) as AnyPlugin
const { resources } = inertResources()

test.each<[string, AnyPlugin, string[]]>([
  [
    'own tables that nothing makes',
    plugin('p', { tables: ['own'] }),
    ['Plugin "p" needs "tables", but has no migrations that make them'],
  ],
  [
    'tables that are not its own',
    { ...plugin('p', { tables: ['all'] }), migrations: {} },
    [`Plugin "p" needs "tables" with a value other than ['own']`],
  ],
  [
    'migrations without the permission for tables',
    { ...plugin('p'), migrations: {} },
    ['Plugin "p" has migrations, but does not need "tables"'],
  ],
  [
    'tables whose names are taken',
    { ...plugin('customer', { tables: ['own'] }), migrations: {} },
    ['Plugin "customer" may have no tables: "customer_imports" begins with "customer_" already'],
  ],
  [
    'hosts that are none',
    plugin('p', { net: ['api.example.org', 'https://api.example.org', '*.example.org'] }),
    [
      'Plugin "p" needs "net" with the host "https://api.example.org": write "api.example.org"',
      'Plugin "p" needs "net" with the host "*.example.org": a host has no "*"',
    ],
  ],
  ['net without hosts', plugin('p', { net: true }), ['Plugin "p" needs "net" without a list of hosts']],
])('needProblems() finds %s', (_, one, lines) => expect(needProblems(one, resources)).toEqual(lines))

test('needProblems() finds nothing where tables and hosts are in order', () => {
  const fine = {
    ...plugin('p', { tables: ['own'], net: ['api.example.org', 'http://localhost:8080'] }),
    migrations: {},
  }
  expect(needProblems(fine, resources)).toEqual([])
})
