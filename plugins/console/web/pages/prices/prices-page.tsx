/** Price list by which dry runs work out what a campaign costs: prices are added, changed and removed. */
import { useState } from 'react'
import { get, write } from '../../api/client.ts'
import { channelNames, type Price, type PriceList } from '../../api/types.ts'
import { Confirm } from '../../components/confirm.tsx'
import { Icon } from '../../components/icon.tsx'
import { notify } from '../../components/notices.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { Empty, Failure, Loading } from '../../components/states.tsx'
import { useQuery } from '../../hooks/use-query.ts'
import { useTitle } from '../../hooks/use-title.ts'
import { placeName } from '../../text/places.ts'
import { PriceForm } from './price-form.tsx'
import { changed, isTaken } from './price-values.ts'

/** Dialog and the price that it is about. */
interface Open {
  readonly action: 'edit' | 'remove'
  /** Undefined: a new price. */
  readonly price?: Price
}

export default function PricesPage() {
  useTitle('Prices')
  const { data, error, loading, reload } = useQuery('prices', (signal) => get<PriceList>('/prices', signal))
  const [open, setOpen] = useState<Open>()
  const isFixed = data?.source === 'file'
  const done = (text: string) => {
    setOpen(undefined)
    notify(text)
    reload()
  }
  return (
    <>
      <PageHead
        list={['/senders', 'Senders']}
        title="Prices"
        meta="What providers charge, by channel and country: dry runs work out the cost of a campaign from it."
      >
        {data && !isFixed && (
          <button type="button" className="button button-primary" onClick={() => setOpen({ action: 'edit' })}>
            <Icon name="plus" /> New price
          </button>
        )}
      </PageHead>
      {isFixed && <p className="muted">The list comes from the file that the setting PRICES names.</p>}
      {error !== undefined && <Failure error={error} retry={reload} />}
      {!data && loading && <Loading what="prices" />}
      {data?.prices.length === 0 && (
        <Empty title="No prices yet">Add what your provider charges. Until then, dry runs name no cost.</Empty>
      )}
      {data && data.prices.length > 0 && (
        <section className="card flush" aria-label="Prices">
          <PriceTable prices={data.prices} onOpen={isFixed ? undefined : setOpen} />
        </section>
      )}
      {open && <PriceDialog {...open} onDone={done} onClose={() => setOpen(undefined)} />}
    </>
  )
}

interface PriceDialogProps extends Open {
  readonly onDone: (text: string) => void
  readonly onClose: () => void
}

function PriceDialog({ action, price, onDone, onClose }: PriceDialogProps) {
  if (action === 'remove' && price) {
    const confirm = async () => {
      await save(undefined, price)
      onDone('Price deleted')
    }
    return (
      <Confirm title="Delete this price?" danger action="Delete the price" onConfirm={confirm} onClose={onClose}>
        <p>
          {channelNames[price.channel]} to {placeName(price.country)}: {price.currency} {price.price}
        </p>
      </Confirm>
    )
  }
  const saveAs = async (next: Price) => {
    await save(next, price)
    onDone('Price saved')
  }
  return <PriceForm price={price} onSave={saveAs} onClose={onClose} />
}

/** The list is replaced as a whole: it is read again first, so that what others changed meanwhile stays. */
async function save(price: Price | undefined, replaced?: Price): Promise<void> {
  const { prices } = await get<PriceList>('/prices')
  if (price && isTaken(prices, price, replaced))
    throw new Error(`There is a price for ${channelNames[price.channel]} to ${placeName(price.country)} already`)
  await write('PUT', '/prices', { prices: changed(prices, price, replaced) })
}

interface PriceTableProps {
  readonly prices: readonly Price[]
  /** Undefined: they cannot be changed here. */
  readonly onOpen: ((open: Open) => void) | undefined
}

function PriceTable({ prices, onOpen }: PriceTableProps) {
  return (
    <table className="list stack customers">
      <thead>
        <tr>
          <th scope="col">Country</th>
          <th scope="col">Channel</th>
          <th scope="col">Price</th>
          <th scope="col">For each</th>
          <th scope="col">
            <span className="unseen">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {prices.map((price) => (
          <PriceRow key={`${price.channel} ${price.country}`} price={price} onOpen={onOpen} />
        ))}
      </tbody>
    </table>
  )
}

function PriceRow({ price, onOpen }: Pick<PriceTableProps, 'onOpen'> & { readonly price: Price }) {
  const name = `${channelNames[price.channel]} to ${placeName(price.country)}`
  return (
    <tr>
      <th scope="row">{placeName(price.country)}</th>
      <td>{channelNames[price.channel]}</td>
      <td>
        {price.currency} {price.price}
      </td>
      <td>{price.per === 'part' ? 'Message part' : 'Message'}</td>
      <td className="row-actions">
        {onOpen && (
          <>
            <button
              type="button"
              className="icon-button"
              aria-label={`Change ${name}`}
              onClick={() => onOpen({ action: 'edit', price })}
            >
              <Icon name="edit" />
            </button>
            <button
              type="button"
              className="icon-button"
              aria-label={`Delete ${name}`}
              onClick={() => onOpen({ action: 'remove', price })}
            >
              <Icon name="bin" />
            </button>
          </>
        )}
      </td>
    </tr>
  )
}
