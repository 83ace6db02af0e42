// What a client asks of a server, as JSON: values are base64, revisions and leases decimal text. Each
// request is written here and read here, so both sides cannot drift apart. What is read comes from
// strangers: every part is bounded.

import {
  type Compare,
  KEY_BYTES_MAX,
  type Operation,
  TRANSACTION_OPERATIONS_MAX,
  type Transaction,
  VALUE_BYTES_MAX,
} from '../coordination/coordination.ts';
import {
  Malformed,
  readBigint,
  readBytes,
  readItems,
  readOptional,
  readParts,
  readText,
  readWholeNumber,
} from './wire-reader.ts';

/** Bytes of a request, whatever it asks. */
export const REQUEST_BYTES_MAX = 2 * 1024 * 1024;
/** Leases renewed by one request. */
export const RENEWALS_MAX = 256;
/** Under which everything is mounted. */
export const COORDINATION_PATH = '/api/v1/coordination/';
/** What `CoordinationService.handle` answers; `watch` is answered by a stream. */
export const COORDINATION_OPERATIONS = [
  'get',
  'list',
  'txn',
  'facts',
  'leases',
  'leases/renew',
  'leases/release',
] as const;
export type CoordinationOperation = (typeof COORDINATION_OPERATIONS)[number];

/** Far above the 43 characters of one. */
const PROOF_BYTES_MAX = 128;

/** A lease with what proves that the caller was granted it. */
export interface ProvenLease {
  id: bigint;
  proof?: string;
}

export interface ProvenTransaction {
  transaction: Transaction;
  /** Of the leases that its puts name. */
  proofs: ProvenLease[];
}

export function writeTransaction({ transaction, proofs }: ProvenTransaction): object {
  return {
    if: transaction.if.map(writeCompare),
    then: transaction.then.map(writeOperation),
    ...(transaction.else && { else: transaction.else.map(writeOperation) }),
    ...(proofs.length > 0 && { proofs: proofs.map(writeProvenLease) }),
  };
}

export function readTransaction(body: unknown): ProvenTransaction {
  const parts = readParts(body, 'the body');
  const branch = (value: unknown, what: string) =>
    readItems(value, what, TRANSACTION_OPERATIONS_MAX, readOperation);
  const otherwise = readOptional(parts.else, 'else', branch);
  const proofs = readOptional(parts.proofs, 'proofs', readProvenLeases);
  return {
    transaction: {
      if: readItems(parts.if, 'if', TRANSACTION_OPERATIONS_MAX, readCompare),
      then: branch(parts.then, 'then'),
      ...(otherwise && { else: otherwise }),
    },
    proofs: proofs ?? [],
  };
}

export function readKeyRequest(body: unknown): { key: string } {
  return { key: readKey(readParts(body, 'the body').key, 'key') };
}

export function writeListRequest(prefix: string, at: bigint | undefined): object {
  return { prefix, ...(at !== undefined && { at: String(at) }) };
}

export function readListRequest(body: unknown): { prefix: string; at?: bigint } {
  const parts = readParts(body, 'the body');
  const at = readOptional(parts.at, 'at', readBigint);
  return { prefix: readPrefix(parts.prefix), ...(at !== undefined && { at }) };
}

export function writeWatchRequest(prefix: string, from: bigint): object {
  return { prefix, from: String(from) };
}

export function readWatchRequest(body: unknown): { prefix: string; from: bigint } {
  const parts = readParts(body, 'the body');
  return { prefix: readPrefix(parts.prefix), from: readBigint(parts.from, 'from') };
}

export function readGrantRequest(body: unknown): { ttlMs: number } {
  return { ttlMs: readWholeNumber(readParts(body, 'the body').ttlMs, 'ttlMs') };
}

export function writeProvenLease({ id, proof }: ProvenLease): object {
  return { id: String(id), ...(proof !== undefined && { proof }) };
}

export function readProvenLease(value: unknown, what = 'the body'): ProvenLease {
  const parts = readParts(value, what);
  const id = readBigint(parts.id, `${what}.id`);
  const proof = readOptional(parts.proof, `${what}.proof`, (text, of) =>
    readText(text, of, PROOF_BYTES_MAX),
  );
  return { id, ...(proof !== undefined && { proof }) };
}

export function readRenewRequest(body: unknown): ProvenLease[] {
  return readProvenLeases(readParts(body, 'the body').leases, 'leases');
}

function readProvenLeases(value: unknown, what: string): ProvenLease[] {
  return readItems(value, what, RENEWALS_MAX, readProvenLease);
}

/** Of both branches. */
export function operationsOf({ then, else: otherwise = [] }: Transaction): Operation[] {
  return [...then, ...otherwise];
}

/** Those that its puts name. */
export function leasesOf(transaction: Transaction): Set<bigint> {
  const leases = new Set<bigint>();
  for (const operation of operationsOf(transaction))
    if (operation.type === 'put' && operation.lease !== undefined) leases.add(operation.lease);
  return leases;
}

function writeCompare(compare: Compare): object {
  if ('value' in compare) return { key: compare.key, value: writeBytes(compare.value) };
  if ('createRevision' in compare)
    return { key: compare.key, createRevision: String(compare.createRevision) };
  return { key: compare.key, modRevision: String(compare.modRevision) };
}

function readCompare(value: unknown, what: string): Compare {
  const parts = readParts(value, what);
  const key = readKey(parts.key, `${what}.key`);
  const named = ['createRevision', 'modRevision', 'value'].filter((part) => part in parts);
  if (named.length !== 1)
    throw new Malformed(`${what} compares ${named.length} things of its key instead of one`);
  if ('value' in parts)
    return { key, value: readBytes(parts.value, `${what}.value`, VALUE_BYTES_MAX) };
  if ('createRevision' in parts)
    return { key, createRevision: readBigint(parts.createRevision, `${what}.createRevision`) };
  return { key, modRevision: readBigint(parts.modRevision, `${what}.modRevision`) };
}

function writeOperation(operation: Operation): object {
  if (operation.type !== 'put') return operation;
  const { type, key, value, lease } = operation;
  return { type, key, value: writeBytes(value), ...(lease !== undefined && { lease: `${lease}` }) };
}

function readOperation(value: unknown, what: string): Operation {
  const parts = readParts(value, what);
  const type = parts.type;
  const key = readKey(parts.key, `${what}.key`);
  if (type === 'get' || type === 'delete') return { type, key };
  if (type !== 'put') throw new Malformed(`${what}.type is none of put, delete and get`);
  const bytes = readBytes(parts.value, `${what}.value`, VALUE_BYTES_MAX);
  const lease = readOptional(parts.lease, `${what}.lease`, readBigint);
  return { type, key, value: bytes, ...(lease !== undefined && { lease }) };
}

function readKey(value: unknown, what: string): string {
  const key = readText(value, what, KEY_BYTES_MAX);
  if (key === '') throw new Malformed(`${what} is empty`);
  return key;
}

function readPrefix(value: unknown): string {
  return readText(value, 'prefix', KEY_BYTES_MAX);
}

export function writeBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
