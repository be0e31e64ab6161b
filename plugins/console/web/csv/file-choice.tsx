import { useId, useState } from 'react'
import { Icon } from '../components/icon.tsx'

interface FileChoiceProps {
  readonly name: string | undefined
  readonly onChoose: (file: File) => void
}

/** Choice of a file, by the browser's dialog or by dropping it. */
export function FileChoice({ name, onChoose }: FileChoiceProps) {
  const id = useId()
  const [over, setOver] = useState(false)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the field within takes files too
    <div
      className={over ? 'drop drop-over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        const [file] = event.dataTransfer.files
        if (file) onChoose(file)
      }}
    >
      <Icon name="upload" />
      <p>
        <label htmlFor={id} className="file-label">
          {name ? 'Choose another file' : 'Choose a CSV file'}
        </label>{' '}
        or drop it here
      </p>
      <p className="muted">{name ?? 'Its first line names the columns. One column must hold phone numbers.'}</p>
      <input
        id={id}
        className="file-input"
        type="file"
        accept=".csv,.tsv,.txt,text/csv"
        onChange={(event) => {
          const [file] = event.target.files ?? []
          if (file) onChoose(file)
          event.target.value = ''
        }}
      />
    </div>
  )
}
