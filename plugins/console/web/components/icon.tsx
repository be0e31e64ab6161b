/** Icons of 24 by 24 units. Each stands beside a word with the same meaning, or has a label. */

const paths = {
  logo: 'M4.500 6.500A2 2 0 0 1 6.500 4.500h11a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2H11l-4 3.500v-3.500h-.500a2 2 0 0 1-2-2zM8.500 10h7',
  send: 'M4 12 20 4l-5 16-3.500-6.500zM11.500 13.500 20 4',
  people:
    'M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20a6.500 6.500 0 0 1 13 0M16 4.500a3.500 3.500 0 0 1 0 6.500M18 14.500a6.500 6.500 0 0 1 3.500 5.500',
  filter: 'M4 5h16l-6 7.500v5L10 20v-7.500z',
  pulse: 'M3 12h4l3-8 4 16 3-8h4',
  clock: 'M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17zM12 7v5l3.500 2',
  inbox: 'M4 13.500 6.500 5h11L20 13.500V19H4zM4 13.500h4.500l1.500 2.500h4l1.500-2.500H20',
  more: 'M5 7h14M5 12h14M5 17h14',
  plus: 'M12 5v14M5 12h14',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l4.500 4.500',
  close: 'M6 6l12 12M18 6 6 18',
  pause: 'M9 5v14M15 5v14',
  play: 'M7 4.500 19 12 7 19.500z',
  stop: 'M6 6h12v12H6z',
  retry: 'M4 12a8 8 0 1 1 2.500 5.800M4 19v-4.500h4.500',
  download: 'M12 4v11M7.500 11l4.500 4.500L16.500 11M5 20h14',
  upload: 'M12 16V5M7.500 9 12 4.500 16.500 9M5 20h14',
  phone: 'M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11 18h2',
  edit: 'M4 20l1-4.500L16 4.500l3.500 3.500L8.500 19z',
  bin: 'M5 7h14M9.500 7V4.500h5V7M7 7l1 13h8l1-13',
  up: 'M5 15l7-7 7 7',
  down: 'M5 9l7 7 7-7',
  left: 'M15 5l-7 7 7 7',
  right: 'M9 5l7 7-7 7',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  check: 'M5 12.500 10 17.500 19.500 7',
} as const
export type IconName = keyof typeof paths

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  )
}
