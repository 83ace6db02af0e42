// A sentence of the server with `code` in it, set as code. Nothing else is interpreted.

import type { ReactNode } from 'react';

export function Prose({ text }: { text: string }): ReactNode {
  return text.split('`').map((part, place) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text keep their places.
    place % 2 === 1 ? <code key={place}>{part}</code> : part,
  );
}
