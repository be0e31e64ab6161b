/** Environment of each process of `npm run cluster`: that of docker-compose.yml, on one machine instead of containers. */
import type { Service } from './compose.ts'

export type Variables = Readonly<Record<string, string | undefined>>

export interface Servers {
  readonly databaseUrl: string
  readonly rabbitmqUrl: string
}

/** The API's own address and ports. Other processes take any free port of the loopback. */
export function clusterPlaces(variables: Variables): { host: string; port: string; consolePort: string } {
  return {
    host: variables.HOST || '127.0.0.1',
    port: variables.PORT || '8080',
    consolePort: variables.CONSOLE_PORT || '3001',
  }
}

/**
 * @param service as docker-compose.yml describes it, with `variables` put in
 * @param variables environment of the cluster's own process, `.env` included
 */
export function clusterEnvironment(
  { name, environment }: Service,
  variables: Variables,
  { databaseUrl, rabbitmqUrl }: Servers,
): Record<string, string> {
  const { host, port, consolePort } = clusterPlaces(variables)
  const places = name === 'api' ? { HOST: host, PORT: port, CONSOLE_PORT: consolePort } : { PORT: '0' }
  const system = Object.fromEntries(
    ['PATH', 'HOME', 'TMPDIR'].flatMap((key) => (variables[key] ? [[key, variables[key]]] : [])),
  )
  // Compose reads them from .env alone: docker-compose.yml cannot know their names.
  const senders = Object.fromEntries(
    Object.entries(variables).flatMap(([key, value]) =>
      /^(SENDER|SMS_ROUTE|WHATSAPP_ROUTE)_/.test(key) && value ? [[key, value]] : [],
    ),
  )
  return { ...system, ...senders, ...environment, DATABASE_URL: databaseUrl, RABBITMQ_URL: rabbitmqUrl, ...places }
}
