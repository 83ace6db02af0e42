// The door of the embedded engine: coordination for one machine, in this process, with nothing to
// install or run. Opening fails whole: whoever gets an error has nothing to close.

import { join } from 'node:path';
import {
  type Chance,
  type Clock,
  isHoldfastError,
  type Logger,
  newTraceId,
} from '@holdfast/kernel';
import { lockStore } from '../sqlite/database.ts';
import { EmbeddedCoordination } from './embedded-coordination.ts';
import { EmbeddedEngine } from './embedded-engine.ts';
import type { HistoryBounds } from './history.ts';
import { Journal, type JournalParts } from './journal.ts';
import { cannotOpen } from './journal-error.ts';
import { JournalFolder } from './journal-folder.ts';
import { recover } from './recover.ts';
import { RevisionStore } from './revision-store.ts';

export type { EmbeddedCoordination } from './embedded-coordination.ts';

const HISTORY_REVISIONS = 10_000;
/** Whoever was away for a moment need not list anew, however much was written. */
const HISTORY_AGE_MS = 300_000;
const HISTORY_BYTES = 64 * 1024 * 1024;
const BYTES_MAX = 256 * 1024 * 1024;
/** Read again in a fraction of a second. */
const JOURNAL_BYTES = 16 * 1024 * 1024;

export interface EmbeddedOptions {
  /** Kept there, and safe there before a transaction is answered; without it only in memory. */
  folder?: string;
  clock: Clock;
  chance: Chance;
  logger: Logger;
  /** The last so many transactions can be watched from and listed at; default 10,000. */
  historyRevisions?: number;
  /** And those of so long, while their bytes stay within 64 MiB; default five minutes. */
  historyAgeMs?: number;
  /** Keys and values that may be there at a time; default 256 MiB. */
  bytesMax?: number;
  /** A snapshot is made when the journal has grown to so much; default 16 MiB. */
  journalBytes?: number;
}

/**
 * Throws DATA_LOCKED while another Holdfast has the folder, STORE_TOO_NEW for one written by a newer
 * Holdfast, STORE_FAILED for one that is damaged or cannot be reached. A folder that was wiped makes
 * another cluster. Leases that were kept get their ttl anew.
 */
export async function openEmbeddedCoordination(
  options: EmbeddedOptions,
): Promise<EmbeddedCoordination> {
  if (options.folder !== undefined) return openInFolder(options.folder, options);
  const store = new RevisionStore(boundsOf(options));
  const letGo = async () => {};
  const cluster = newTraceId(options.chance);
  return clientOf(options, { store, cluster, shownAs: 'in memory', keeper: undefined, letGo });
}

async function openInFolder(path: string, options: EmbeddedOptions): Promise<EmbeddedCoordination> {
  const { journalBytes = JOURNAL_BYTES } = options;
  const folder = new JournalFolder(path);
  try {
    const lock = lockStore(join(path, 'coordination'));
    try {
      const { journal, store, cluster } = await resume(
        { ...options, folder, journalBytes },
        options,
      );
      const letGo = async () => {
        await journal.close();
        lock.close();
      };
      return clientOf(options, { store, cluster, shownAs: path, keeper: journal, letGo });
    } catch (error) {
      lock.close();
      throw error;
    }
  } catch (error) {
    throw isHoldfastError(error) ? error : cannotOpen(path, error);
  }
}

async function resume(parts: JournalParts, options: EmbeddedOptions) {
  const bounds = boundsOf(options);
  const { folder, clock, chance } = parts;
  const recovered = await recover(folder, await folder.generations(), bounds, clock.nowMs());
  if (recovered !== undefined) {
    const { store, header } = recovered;
    return { journal: await Journal.resume(parts, recovered), store, cluster: header.cluster };
  }
  const store = new RevisionStore(bounds);
  const cluster = newTraceId(chance);
  return { journal: await Journal.begin(parts, store, cluster), store, cluster };
}

type Kept = Pick<
  ConstructorParameters<typeof EmbeddedEngine>[0],
  'store' | 'cluster' | 'shownAs' | 'keeper' | 'letGo'
>;

function clientOf(options: EmbeddedOptions, kept: Kept): EmbeddedCoordination {
  const { bytesMax = BYTES_MAX } = options;
  const engine = new EmbeddedEngine({ ...options, ...kept, bytesMax });
  return new EmbeddedCoordination({ ...options, engine }, () => engine.close());
}

function boundsOf({
  historyRevisions: revisions = HISTORY_REVISIONS,
  historyAgeMs: ageMs = HISTORY_AGE_MS,
}: EmbeddedOptions): HistoryBounds {
  return { revisions, ageMs, bytes: HISTORY_BYTES };
}
