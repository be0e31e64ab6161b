/** Buttons with which somebody decides whether a message was an opt-out; a decision can be changed later. */
import { post } from '../../api/client.ts'
import type { Inbound } from '../../api/types.ts'
import { notify } from '../../components/notices.tsx'
import { Problem } from '../../components/states.tsx'
import { useAction } from '../../hooks/use-action.ts'
import { type Decision, decisionNames, writerOf } from './inbound-words.ts'

interface DecideProps {
  readonly message: Inbound
  readonly onDecided: () => void
}

const decisions = ['stop', 'ignore'] as const

export function Decide({ message, onDecided }: DecideProps) {
  const action = useAction()
  const writer = writerOf(message)
  const decide = (decision: Decision) =>
    action.run(async () => {
      await post(`/inbound/${message.id}/review`, { decision })
      notify(
        decision === 'stop'
          ? `${writer} stays suppressed`
          : `${writer} gets messages again, unless they are suppressed for another reason`,
      )
      onDecided()
    })
  return (
    <div className="decide">
      <div className="action-row">
        {decisions
          .filter((one) => one !== message.review)
          .map((decision) => (
            <button
              key={decision}
              type="button"
              className="button"
              aria-label={`${decisionNames[decision]}: ${writer}`}
              disabled={action.busy}
              onClick={() => void decide(decision)}
            >
              {decisionNames[decision]}
            </button>
          ))}
      </div>
      <Problem>{action.problem}</Problem>
    </div>
  )
}
