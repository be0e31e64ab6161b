/** Earlier campaigns whose recipients are left out. */
import { useState } from 'react'
import { get, query } from '../../api/client.ts'
import type { Campaign, Page } from '../../api/types.ts'
import { SearchBox } from '../../components/search-box.tsx'
import { Failure } from '../../components/states.tsx'
import { useQuery } from '../../hooks/use-query.ts'
import type { SegmentChoice } from './segment-choice.ts'

/** Segments, and campaigns, that one audience may name in a list. */
export const MOST = 20
const SHOWN = 50

interface CampaignExclusionProps {
  readonly choice: SegmentChoice
  readonly onChange: (choice: SegmentChoice) => void
}

type Listed = Pick<Campaign, 'id' | 'name'>

export function CampaignExclusion({ choice, onChange }: CampaignExclusionProps) {
  const [open, setOpen] = useState(choice.campaigns.length > 0)
  const count = choice.campaigns.length
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Leave out recipients of earlier campaigns{count > 0 && ` (${count})`}</summary>
      {open && <CampaignList choice={choice} onChange={onChange} />}
    </details>
  )
}

function CampaignList({ choice, onChange }: CampaignExclusionProps) {
  const { campaigns, campaignNames } = choice
  const [q, setQ] = useState('')
  const path = `/campaigns${query({ q, page_size: SHOWN })}`
  const { data, error, reload } = useQuery(path, (signal) => get<Page<Listed>>(path, signal))
  const toggle = ({ id, name }: Listed) =>
    onChange({
      ...choice,
      campaigns: campaigns.includes(id) ? campaigns.filter((one) => one !== id) : [...campaigns, id],
      campaignNames: { ...campaignNames, [id]: name },
    })
  return (
    <div className="steps">
      <SearchBox label="Search campaigns" value={q} onSearch={setQ} />
      {error !== undefined && <Failure error={error} retry={reload} />}
      {data?.data.length === 0 && <p className="muted">{q === '' ? 'No campaigns yet.' : 'No matching campaigns.'}</p>}
      {data && data.data.length > 0 && (
        <ul className="checks">
          {data.data.map((campaign) => {
            const isChosen = campaigns.includes(campaign.id)
            return (
              <li key={campaign.id}>
                <label>
                  <input
                    type="checkbox"
                    checked={isChosen}
                    disabled={!isChosen && campaigns.length >= MOST}
                    onChange={() => toggle(campaign)}
                  />
                  <span>{campaign.name}</span>
                </label>
              </li>
            )
          })}
        </ul>
      )}
    </div>
  )
}
