// What a store of results is to those who open one: results and alert journal, behind one door.

import type { AlertJournal } from '../alert-journal/alert-journal.ts';
import type { Results } from '../results/results.ts';

export interface Store {
  readonly engine: 'sqlite' | 'postgres' | 'timescale';
  /** For people: a path, or an address without credentials. */
  readonly shownAs: string;
  readonly results: Results;
  readonly alertJournal: AlertJournal;
  /** Writes what is queued, then lets go of everything. */
  close(): Promise<void>;
}
