// What a server answers, as JSON, written and read in one place as its requests are. A client reads
// answers as carefully as a server reads requests: whoever answers may be somebody else.

import type { ErrorCode, HoldfastError } from '@holdfast/kernel';
import {
  type Change,
  type CoordinationFacts,
  type Entry,
  KEY_BYTES_MAX,
  type Listing,
  TRANSACTION_OPERATIONS_MAX,
  type TransactionAnswer,
  VALUE_BYTES_MAX,
  type WatchItem,
} from '../coordination/coordination.ts';
import { type ErrorRule, readToldError, writeError } from './told-error.ts';
import {
  Malformed,
  readBigint,
  readBytes,
  readFlag,
  readItems,
  readOptional,
  readParts,
  readText,
  readWholeNumber,
} from './wire-reader.ts';
import { RENEWALS_MAX, writeBytes } from './wire-requests.ts';

/** Of a listing; far above what policies of a fleet come to. */
export const ANSWER_BYTES_MAX = 192 * 1024 * 1024;
/** Of a transaction in a watch: TRANSACTION_BYTES_MAX in base64, and keys in the worst of escapes. */
export const LINE_BYTES_MAX = 16 * 1024 * 1024;
const ENTRIES_MAX = 1_000_000;
const MEMBERS_MAX = 100;
const NAME_BYTES_MAX = 256;
const PROOF_BYTES_MAX = 128;
const SENTENCE_BYTES_MAX = 2_000;

const TOLD_ON: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'COORDINATION_FAILED',
  'USAGE',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'COMPACTED',
  'LEASE_LOST',
]);

/** What a caller of the contract has to expect; any other answer is COORDINATION_FAILED to it. */
export const COORDINATION_ERRORS: ErrorRule = {
  failure: 'COORDINATION_FAILED',
  tells: (code) => TOLD_ON.has(code),
};

export interface GrantAnswer {
  id: bigint;
  ttlMs: number;
  proof: string;
}

export type Renewal = { id: bigint; ttlMs: number } | { id: bigint; error: HoldfastError };

function writeEntry(entry: Entry): object {
  return {
    key: entry.key,
    value: writeBytes(entry.value),
    createRevision: String(entry.createRevision),
    modRevision: String(entry.modRevision),
    ...(entry.lease !== undefined && { lease: String(entry.lease) }),
  };
}

function readEntry(value: unknown, what: string): Entry {
  const parts = readParts(value, what);
  const lease = readOptional(parts.lease, `${what}.lease`, readBigint);
  return {
    key: readText(parts.key, `${what}.key`, KEY_BYTES_MAX),
    value: readBytes(parts.value, `${what}.value`, VALUE_BYTES_MAX),
    createRevision: readBigint(parts.createRevision, `${what}.createRevision`),
    modRevision: readBigint(parts.modRevision, `${what}.modRevision`),
    ...(lease !== undefined && { lease }),
  };
}

export function writeListing({ entries, revision, cluster }: Listing): object {
  return { entries: entries.map(writeEntry), revision: String(revision), cluster };
}

export function readListing(body: unknown): Listing {
  const parts = readParts(body, 'the answer');
  return {
    entries: readItems(parts.entries, 'entries', ENTRIES_MAX, readEntry),
    revision: readBigint(parts.revision, 'revision'),
    cluster: readText(parts.cluster, 'cluster', NAME_BYTES_MAX),
  };
}

export function writeTransactionAnswer({ done, revision, entries }: TransactionAnswer): object {
  return { done, revision: String(revision), entries: entries.map(writeEntry) };
}

export function readTransactionAnswer(body: unknown): TransactionAnswer {
  const parts = readParts(body, 'the answer');
  return {
    done: readFlag(parts.done, 'done'),
    revision: readBigint(parts.revision, 'revision'),
    entries: readItems(parts.entries, 'entries', TRANSACTION_OPERATIONS_MAX, readEntry),
  };
}

/** Absence is said, so that no other answer is taken for it. */
export function writeFoundEntry(entry: Entry | undefined): object {
  return { entry: entry === undefined ? null : writeEntry(entry) };
}

export function readFoundEntry(body: unknown): Entry | undefined {
  const { entry } = readParts(body, 'the answer');
  return entry === null ? undefined : readEntry(entry, 'entry');
}

export function writeWatchItem({ cluster, revision, changes }: WatchItem): object {
  return { cluster, revision: String(revision), changes: changes.map(writeChange) };
}

export function readWatchItem(value: unknown): WatchItem {
  const parts = readParts(value, 'the line');
  return {
    cluster: readText(parts.cluster, 'cluster', NAME_BYTES_MAX),
    revision: readBigint(parts.revision, 'revision'),
    changes: readItems(parts.changes, 'changes', ENTRIES_MAX, readChange),
  };
}

/** Deletions as such, everything else is an entry that was put. */
function writeChange(change: Change): object {
  if (change.type === 'put') return writeEntry(change.entry);
  return { deleted: change.key, modRevision: String(change.modRevision) };
}

function readChange(value: unknown, what: string): Change {
  const parts = readParts(value, what);
  if (!('deleted' in parts)) return { type: 'put', entry: readEntry(parts, what) };
  return {
    type: 'delete',
    key: readText(parts.deleted, `${what}.deleted`, KEY_BYTES_MAX),
    modRevision: readBigint(parts.modRevision, `${what}.modRevision`),
  };
}

export function writeGrant({ id, ttlMs, proof }: GrantAnswer): object {
  return { id: String(id), ttlMs, proof };
}

export function readGrant(body: unknown): GrantAnswer {
  const parts = readParts(body, 'the answer');
  return {
    id: readBigint(parts.id, 'id'),
    ttlMs: readWholeNumber(parts.ttlMs, 'ttlMs'),
    proof: readText(parts.proof, 'proof', PROOF_BYTES_MAX),
  };
}

export const RELEASED = { released: true } as const;

export function readReleased(body: unknown): void {
  const released = readFlag(readParts(body, 'the answer').released, 'released');
  if (!released) throw new Malformed('released is false');
}

export function writeRenewals(renewals: readonly Renewal[]): object {
  const one = (renewal: Renewal) =>
    'error' in renewal
      ? { id: String(renewal.id), error: writeError(renewal.error) }
      : { id: String(renewal.id), ttlMs: renewal.ttlMs };
  return { leases: renewals.map(one) };
}

export function readRenewals(body: unknown): Renewal[] {
  const parts = readParts(body, 'the answer');
  return readItems(parts.leases, 'leases', RENEWALS_MAX, (value, what) => {
    const lease = readParts(value, what);
    const id = readBigint(lease.id, `${what}.id`);
    if ('error' in lease) return { id, error: readError(lease.error) };
    return { id, ttlMs: readWholeNumber(lease.ttlMs, `${what}.ttlMs`) };
  });
}

export type ToldFacts = Pick<CoordinationFacts, 'cluster' | 'revision' | 'members' | 'warnings'>;

export function writeFacts({ cluster, revision, members, warnings }: ToldFacts): object {
  return { cluster, revision: String(revision), members, warnings };
}

export function readFacts(body: unknown): ToldFacts {
  const parts = readParts(body, 'the answer');
  return {
    cluster: readText(parts.cluster, 'cluster', NAME_BYTES_MAX),
    revision: readBigint(parts.revision, 'revision'),
    members: readItems(parts.members, 'members', MEMBERS_MAX, readMember),
    warnings: readItems(parts.warnings, 'warnings', MEMBERS_MAX, (text, what) =>
      readText(text, what, SENTENCE_BYTES_MAX),
    ),
  };
}

function readMember(value: unknown, what: string): CoordinationFacts['members'][number] {
  const parts = readParts(value, what);
  return {
    name: readText(parts.name, `${what}.name`, NAME_BYTES_MAX),
    endpoint: readText(parts.endpoint, `${what}.endpoint`, NAME_BYTES_MAX),
    version: readText(parts.version, `${what}.version`, NAME_BYTES_MAX),
    leader: readFlag(parts.leader, `${what}.leader`),
  };
}

/** Throws `Malformed` when it is none of our errors. */
export function readError(value: unknown): HoldfastError {
  return readToldError(value, COORDINATION_ERRORS).error;
}
