/**
 * Checks an OpenAPI document as those do who make clients of it: Redocly's and Spectral's recommended rules, then types by
 * openapi-typescript and a program that uses every operation with the document's own examples. Prints one problem a line
 * and nothing where there is none. Runs with the Node and the packages of this folder: `node check.mjs < openapi.json`.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import openapiTS, { astToString } from 'openapi-typescript'
import ts from 'typescript'

const require = createRequire(import.meta.url)
const { Spectral } = require('@stoplight/spectral-core')
const { oas } = require('@stoplight/spectral-rulesets')

async function redocly(source) {
  const config = await createConfig({ extends: ['recommended'] })
  const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config })
  return problems.map(
    ({ severity, ruleId, message, location: [at] }) => `redocly ${severity} ${ruleId} at ${at?.pointer}: ${message}`,
  )
}

async function spectral(document) {
  const linter = new Spectral()
  linter.setRuleset({ extends: [[oas, 'recommended']] })
  const problems = await linter.run(document)
  return problems.map(
    ({ severity, code, message, path }) => `spectral ${severity} ${code} at ${path.join('/')}: ${message}`,
  )
}

/** A value for each parameter, each body and each answer of each operation, as a caller would write it. */
function program(document) {
  const lines = ["import type { paths } from './paths.ts'"]
  const use = (type, value) => lines.push(`export const v${lines.length}: ${type} = ${JSON.stringify(value)}`)
  const resolve = (schema) => (schema?.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)] : schema)
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, { parameters = [], requestBody, responses }] of Object.entries(methods)) {
      const operation = `paths[${JSON.stringify(path)}][${JSON.stringify(method)}]`
      for (const place of ['path', 'query', 'header']) {
        const given = parameters.filter((one) => one.in === place && (place === 'path' || 'example' in one.schema))
        if (given.length === 0) continue
        const values = given.map(({ name, schema }) => [name, schema.example ?? 1])
        use(`NonNullable<${operation}['parameters'][${JSON.stringify(place)}]>`, Object.fromEntries(values))
      }
      for (const [type, { schema, example }] of Object.entries(requestBody?.content ?? {})) {
        const fields = Object.entries(resolve(schema)?.properties ?? {}).filter(
          ([, field]) => field.example !== undefined || field.enum,
        )
        const body =
          example ?? Object.fromEntries(fields.map(([name, field]) => [name, field.example ?? field.enum[0]]))
        use(`NonNullable<${operation}['requestBody']>['content'][${JSON.stringify(type)}]`, body)
      }
      for (const [status, { content = {} }] of Object.entries(responses))
        for (const [type, { example, examples = {} }] of Object.entries(content))
          for (const value of example === undefined ? Object.values(examples).map((one) => one.value) : [example])
            use(`${operation}['responses'][${status}]['content'][${JSON.stringify(type)}]`, value)
    }
  return { text: lines.join('\n'), count: lines.length - 1 }
}

async function typescript(document) {
  const folder = await mkdtemp(join(tmpdir(), 'campaign-dispatch-openapi-'))
  try {
    const { text, count } = program(document)
    await writeFile(join(folder, 'paths.ts'), astToString(await openapiTS(structuredClone(document))))
    await writeFile(join(folder, 'program.ts'), text)
    const options = {
      strict: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      exactOptionalPropertyTypes: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      types: [],
    }
    const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([join(folder, 'program.ts')], options))
    const problems = diagnostics.map(({ messageText, file, start }) => {
      const line = file?.text.slice(0, start).split('\n').length ?? 0
      return `tsc: ${ts.flattenDiagnosticMessageText(messageText, ' ')} in: ${file?.text.split('\n')[line - 1]?.slice(0, 200)}`
    })
    const least = Object.values(document.paths).flatMap(Object.keys).length
    return count >= least ? problems : [...problems, `tsc: only ${count} values for ${least} operations`]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const source = await text(process.stdin)
const document = JSON.parse(source)
const problems = [...(await redocly(source)), ...(await spectral(document)), ...(await typescript(document))]
if (problems.length > 0) console.log(problems.join('\n'))
