/** Result of one message: its text, or why it was not sent, with every failed attempt. */
import { explainCode } from '../../../../core/messaging/senders/codes.ts'
import type { Message } from '../api/types.ts'
import { dateTime, plural, utc } from '../text/format.ts'

export function MessageText({ message }: { readonly message: Message }) {
  const { status, last_error, rendered_content, delivery, delivery_code } = message
  const attempts = attemptsOf(message)
  return (
    <>
      {status !== 'sent' && last_error ? (
        <span>
          {status === 'pending' && 'Will be retried: '}
          {explainCode(last_error).meaning} <code>{last_error}</code>
        </span>
      ) : (
        (rendered_content ?? <span className="muted">Not sent yet</span>)
      )}
      {delivery === 'undelivered' && (
        <p className="warning">
          The provider reported that it was not delivered
          {delivery_code && (
            <>
              : code <code>{delivery_code}</code>
            </>
          )}
        </p>
      )}
      {attempts.length > 0 && <Attempts history={attempts} />}
    </>
  )
}

/** A message that is skipped is not tried for that: its history ends with the reason. */
function attemptsOf({ status, last_error, history }: Message): Message['history'] {
  const isSkip = status === 'skipped' && history.at(-1)?.code === last_error
  return isSkip ? history.slice(0, -1) : history
}

/** Failed attempts, which a click, a tap or the keyboard opens. */
function Attempts({ history }: Pick<Message, 'history'>) {
  return (
    <details className="attempts">
      <summary>{plural(history.length, 'failed attempt')}</summary>
      <ol>
        {history.map(({ code, at }) => (
          <li key={`${at} ${code}`}>
            <time dateTime={at} title={utc(at)}>
              {dateTime(at)}
            </time>
            : {explainCode(code).meaning} <code>{code}</code>
          </li>
        ))}
      </ol>
    </details>
  )
}
