// The states that are no data: loading (after 200 ms, so that a fast answer does not flicker),
// failure (what, and try again), and nothing to show.

import type { ReactNode } from 'react';
import type { Failure } from '../api/client.ts';
import { useWords } from '../words/use-words.ts';
import { Prose } from './prose.tsx';

/** Grey lines where text will be; they take no attention and no place of their own. */
export function Skeleton({ lines = 6 }: { lines?: number }): ReactNode {
  return (
    <div className="skeleton" role="status" aria-label={useWords().verdict.loading}>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike.
        <i key={line} />
      ))}
    </div>
  );
}

export function FailureNote({
  failure,
  retry,
  busy = false,
}: {
  failure: Failure;
  retry: () => void;
  busy?: boolean;
}): ReactNode {
  const words = useWords();
  const own: Record<string, string> = words.failure;
  return (
    <div className="failure" role="alert">
      <p className="failure-title">
        {words.failure.title} <code>{failure.code}</code>
      </p>
      <p>{failure.message === '' ? own[failure.code] : failure.message}</p>
      {failure.cure !== '' && (
        <p className="quiet">
          <Prose text={failure.cure} />
        </p>
      )}
      <p className="failure-foot">
        <button type="button" className="button" onClick={retry} disabled={busy}>
          {words.retry}
        </button>
        {failure.traceId !== undefined && (
          <span className="quiet">
            {words.failure.trace} <code>{failure.traceId}</code>
          </span>
        )}
      </p>
    </div>
  );
}

export function EmptyNote({
  title,
  hint,
  children,
}: {
  title: string;
  hint?: string;
  children?: ReactNode;
}): ReactNode {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {hint !== undefined && <p className="quiet">{hint}</p>}
      {children}
    </div>
  );
}
