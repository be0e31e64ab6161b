/** One message to one's own phone, as a customer would get it. */
import { type FormEvent, useState } from 'react'
import { post } from '../../api/client.ts'
import type { Campaign } from '../../api/types.ts'
import { CustomerPicker } from '../../components/customer-picker.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Field } from '../../components/field.tsx'
import { Problem } from '../../components/states.tsx'
import { TestSenderBadge } from '../../components/waiting.tsx'
import { useAction } from '../../hooks/use-action.ts'

interface Sent {
  readonly to: string
  readonly rendered_message: string
  readonly outcome: string
  readonly error: string | null
}

export function TestSend({ campaign, onClose }: { readonly campaign: Campaign; readonly onClose: () => void }) {
  const [to, setTo] = useState('')
  const [customer, setCustomer] = useState<number>()
  const [sent, setSent] = useState<Sent>()
  const action = useAction()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void action.run(async () =>
      setSent(await post<Sent>(`/campaigns/${campaign.id}/test`, { to, customer_id: customer })),
    )
  }
  return (
    <Dialog title="Test send" onClose={onClose}>
      <form onSubmit={submit}>
        <p className="muted">Sends the text once, now, to a phone of yours. It counts nowhere.</p>
        <TestSenderBadge channel={campaign.channel} />
        <Field label="To" hint="Your own phone number">
          {(field) => (
            <input
              {...field}
              type="tel"
              autoComplete="tel"
              required
              maxLength={40}
              value={to}
              onChange={(event) => setTo(event.target.value)}
            />
          )}
        </Field>
        <CustomerPicker label="As it would read to" onPick={({ id }) => setCustomer(id)} />
        <Problem>{action.problem}</Problem>
        {sent && (
          <div className={sent.outcome === 'accepted' ? 'told told-good' : 'told told-bad'} role="status">
            <p>
              {sent.outcome === 'accepted'
                ? `Sent to ${sent.to}`
                : `The provider said: ${sent.outcome} (${sent.error})`}
            </p>
            <p className="template">{sent.rendered_message}</p>
          </div>
        )}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Close
          </button>
          <button
            type="submit"
            className="button button-primary"
            disabled={action.busy || customer === undefined || to.trim() === ''}
          >
            Send the test
          </button>
        </div>
      </form>
    </Dialog>
  )
}
