/** Attributes of customers: declared, listed and removed. */
import { useState } from 'react'
import { get } from '../../api/client.ts'
import { type Attribute, attributeTypeNames } from '../../api/types.ts'
import { Icon } from '../../components/icon.tsx'
import { notify } from '../../components/notices.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { Empty, Failure, Loading } from '../../components/states.tsx'
import { useQuery } from '../../hooks/use-query.ts'
import { useTitle } from '../../hooks/use-title.ts'
import { AttributeForm } from './attribute-form.tsx'
import { RemoveAttribute } from './remove-attribute.tsx'

export default function AttributesPage() {
  useTitle('Attributes')
  const { data, error, loading, reload } = useQuery('attributes', (signal) =>
    get<{ readonly data: readonly Attribute[] }>('/attributes', signal),
  )
  const [isNew, setNew] = useState(false)
  const [removed, setRemoved] = useState<Attribute>()
  const done = (text: string) => {
    setNew(false)
    notify(text)
    reload()
  }
  return (
    <>
      <PageHead
        list={['/customers', 'Customers']}
        title="Attributes"
        meta="What you know of customers besides name and phone: for texts, segments and imports."
      >
        <button type="button" className="button button-primary" onClick={() => setNew(true)}>
          <Icon name="plus" /> New attribute
        </button>
      </PageHead>
      {error !== undefined && <Failure error={error} retry={reload} />}
      {!data && loading && <Loading what="attributes" />}
      {data?.data.length === 0 && (
        <Empty title="No attributes yet">
          Add one here, or import a file: its columns can become attributes, such as points or a birthday.
        </Empty>
      )}
      {data && data.data.length > 0 && (
        <section className="card flush" aria-label="Attributes">
          <AttributeTable attributes={data.data} onRemove={setRemoved} />
        </section>
      )}
      {isNew && <AttributeForm onSaved={() => done('Attribute added')} onClose={() => setNew(false)} />}
      {removed && (
        <RemoveAttribute
          attribute={removed}
          onRemoved={() => done('Attribute deleted')}
          onClose={() => setRemoved(undefined)}
        />
      )}
    </>
  )
}

interface AttributeTableProps {
  readonly attributes: readonly Attribute[]
  readonly onRemove: (attribute: Attribute) => void
}

function AttributeTable({ attributes, onRemove }: AttributeTableProps) {
  return (
    <table className="list stack customers">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Type</th>
          <th scope="col">Meaning</th>
          <th scope="col">
            <span className="unseen">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {attributes.map((attribute) => {
          const { name, type, description } = attribute
          return (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{attributeTypeNames[type]}</td>
              <td className={description === null ? 'muted blank' : undefined}>{description ?? '–'}</td>
              <td className="row-actions">
                <button
                  type="button"
                  className="icon-button"
                  aria-label={`Delete ${name}`}
                  onClick={() => onRemove(attribute)}
                >
                  <Icon name="bin" />
                </button>
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
