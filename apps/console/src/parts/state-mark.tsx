// The status of anything, as a shape and a colour together, so that neither speaks alone:
// up ● green, degraded ◆ amber, down ▲ red, unknown and invalid ○ grey, paused ‖ grey.

import type { CheckState, CheckSummary } from '@holdfast/resources/api';
import type { Status } from '@holdfast/resources/result';
import type { ReactNode } from 'react';

export type Mark = CheckState | 'paused';

const SHAPES: Record<Mark, ReactNode> = {
  up: <circle cx="6" cy="6" r="3.6" />,
  degraded: <path d="M6 1 11 6 6 11 1 6Z" />,
  down: <path d="M6 1 11.6 10.8H.4Z" />,
  unknown: <circle cx="6" cy="6" r="3.4" className="hollow" />,
  paused: <path d="M3 2.5h2v7H3zM7 2.5h2v7H7z" />,
};

/** `label` when no word stands beside it. */
export function StateMark({
  mark,
  size = 12,
  label,
}: {
  mark: Mark;
  size?: number;
  label?: string;
}): ReactNode {
  const frame = { className: `mark mark-${mark}`, width: size, height: size, viewBox: '0 0 12 12' };
  if (label === undefined) {
    return (
      <svg {...frame} aria-hidden="true">
        {SHAPES[mark]}
      </svg>
    );
  }
  return (
    <svg {...frame} role="img" aria-label={label}>
      {SHAPES[mark]}
    </svg>
  );
}

export function markOf(check: Pick<CheckSummary, 'state' | 'paused'>): Mark {
  return check.paused ? 'paused' : check.state;
}

const STATUS_MARKS: Record<Status, Mark> = {
  up: 'up',
  down: 'down',
  timeout: 'down',
  invalid: 'unknown',
};

export function markOfStatus(status: Status): Mark {
  return STATUS_MARKS[status];
}
