/** Failures of RabbitMQ in words: amqplib describes some of them by frames of the protocol. */
import { Outage } from '../errors.ts'

type Row = readonly [pattern: RegExp, code: string, message: string]

/** By the error's code and message. The first match counts. */
const table: readonly Row[] = [
  [
    /ConnectionOpenOk; got <ConnectionClose|vhost.*not found|access to vhost|NOT.ALLOWED/,
    'BROKER_VHOST',
    'RabbitMQ has no virtual host of the name in RABBITMQ_URL, or its user may not use it',
  ],
  [/403.*[Ll]ogin/, 'BROKER_LOGIN_REFUSED', 'RabbitMQ rejects the user name or the password of RABBITMQ_URL'],
  [/403|ACCESS.REFUSED/, 'BROKER_PERMISSION_DENIED', 'The user of RABBITMQ_URL may not declare or use the queues'],
  [/406|PRECONDITION/, 'BROKER_QUEUE_DIFFERS', 'RabbitMQ has a queue of the same name and another type: delete it'],
  [
    /WRONG_VERSION_NUMBER|EPROTO/,
    'BROKER_TLS',
    'RabbitMQ answers without TLS at this port: use amqp:// or its TLS port',
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_|certificate/i,
    'BROKER_TLS',
    'The certificate of RabbitMQ is not trusted, or is not for the host in RABBITMQ_URL',
  ],
  [
    /maxFrameSize|[Uu]nexpected frame|Invalid frame|closed abruptly during opening handshake|different protocol/,
    'BROKER_PROTOCOL',
    'Something other than RabbitMQ answers at RABBITMQ_URL, or it wants TLS (amqps://)',
  ],
  [/ENOTFOUND|EAI_AGAIN/, 'BROKER_UNREACHABLE', 'The host in RABBITMQ_URL is not known'],
  [/ECONNREFUSED/, 'BROKER_UNREACHABLE', 'Nothing listens at the host and port of RABBITMQ_URL'],
  [/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/, 'BROKER_UNREACHABLE', 'RabbitMQ does not answer at RABBITMQ_URL'],
]

/** @returns an error whose message may be shown, with the failure as its cause */
export function brokerFault(failure: Error | undefined): Outage {
  const { code, message = '' } = (failure ?? {}) as { readonly code?: unknown; readonly message?: string }
  const text = `${code ?? ''} ${message}`
  const row = table.find(([pattern]) => pattern.test(text))
  const options = failure ? { cause: failure } : {}
  if (!row) return new Outage('NOT_CONNECTED', 'There is no connection to RabbitMQ', options)
  return new Outage(row[1], row[2], options)
}
