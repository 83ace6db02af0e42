// The few icons of the console, drawn on a 20 px grid with one stroke. They always stand beside a
// word or inside a control that has a name.

import type { ReactNode } from 'react';

const PATHS = {
  overview: 'M3.5 3.5h5v5h-5zM11.5 3.5h5v5h-5zM3.5 11.5h5v5h-5zM11.5 11.5h5v5h-5z',
  checks: 'M3.5 5.5 5 7l2.5-3M10 5.5h6.5M3.5 14l1.5 1.5 2.5-3M10 14h6.5',
  alerts:
    'M10 3a4.5 4.5 0 0 0-4.5 4.5c0 4-1.5 5-1.5 6h12c0-1-1.5-2-1.5-6A4.5 4.5 0 0 0 10 3ZM8.3 16a1.8 1.8 0 0 0 3.4 0',
  fleet: 'M3.5 4h13v4.5h-13zM3.5 11.5h13V16h-13zM6.5 6.2h.01M6.5 13.7h.01M10 8.5v3',
  search: 'M8.8 3.5a5.3 5.3 0 1 1 0 10.6 5.3 5.3 0 0 1 0-10.6ZM12.8 12.8l4 4',
  light:
    'M10 6.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7ZM10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.5 1.5M14.2 14.2l1.5 1.5M15.7 4.3l-1.5 1.5M5.8 14.2l-1.5 1.5',
  dark: 'M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5Z',
  system: 'M3 4.5h14v9H3zM7.5 16.5h5M10 13.5v3',
  keys: 'M2.5 5.5h15v9h-15zM5.5 8.5h.01M8.5 8.5h.01M11.5 8.5h.01M14.5 8.5h.01M6.5 11.5h7',
  more: 'M5 10h.01M10 10h.01M15 10h.01',
  close: 'M5 5l10 10M15 5 5 15',
  back: 'M12 4.5 6.5 10l5.5 5.5',
  older: 'M12 5 7 10l5 5',
  newer: 'M8 5l5 5-5 5',
  run: 'M6.5 4.5v11l9-5.5z',
  pin: 'M8 3h4l-.5 5 2.5 2.5H6L8.5 8zM10 10.5V17',
  copy: 'M7 7h9v9H7zM4 13V4h9',
  warning: 'M10 3.5 17.5 16.5h-15zM10 8v4M10 14.3h.01',
  check: 'M4 10.5 8 14.5 16 5.5',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }): ReactNode {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
