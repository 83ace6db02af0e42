// One line of a list of facts, and small lists inside it.

import type { ReactNode } from 'react';

export function Fact({ term, children }: { term: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function Codes({ texts }: { texts: readonly string[] }): ReactNode {
  return texts.map((text, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the same URL may stand twice in a redirect loop.
    <code key={place} className="line">
      {text}
    </code>
  ));
}
