/** Reads docker-compose.yml as far as this project uses it: which processes there are, with which environment. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(new URL('../../docker-compose.yml', import.meta.url))

export interface Service {
  readonly name: string
  readonly image: string
  /** Undefined where the image's own is run. */
  readonly command: readonly string[] | undefined
  readonly environment: Readonly<Record<string, string>>
}

type Variables = Readonly<Record<string, string | undefined>>

/**
 * Puts in what stands as `${NAME}`, `${NAME:-default}` or `${NAME:?message}` (Compose file reference, "Interpolation").
 * @throws Error with the message, when a variable that is needed is not set
 */
export function interpolate(text: string, variables: Variables): string {
  return text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind: string, rest = '') => {
    const value = variables[name]
    if (value) return value
    if (kind === '?') throw new Error(`${name} is not set: ${rest}`)
    return kind === '-' ? rest : ''
  })
}

export function readCompose(): unknown {
  return Bun.YAML.parse(readFileSync(file, 'utf8'))
}

export function listServices(variables: Variables): Service[] {
  const { services } = readCompose() as { services: Record<string, Partial<Service>> }
  return Object.entries(services).map(([name, { image = '', command, environment = {} }]) => ({
    name,
    image,
    command,
    environment: Object.fromEntries(
      Object.entries(environment).map(([key, value]) => [key, interpolate(value, variables)]),
    ),
  }))
}
