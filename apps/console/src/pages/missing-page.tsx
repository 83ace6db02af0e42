// An address that names nothing.

import type { ReactNode } from 'react';
import { Link } from '../app/location.tsx';
import { OVERVIEW_PATH } from '../app/route.ts';
import { EmptyNote } from '../parts/notes.tsx';
import { useWords } from '../words/use-words.ts';

export function MissingPage(): ReactNode {
  const words = useWords();
  return (
    <>
      <h1 className="hidden">{words.missing.title}</h1>
      <EmptyNote title={words.missing.title} hint={words.missing.hint}>
        <Link className="button" to={OVERVIEW_PATH}>
          {words.missing.back}
        </Link>
      </EmptyNote>
    </>
  );
}
