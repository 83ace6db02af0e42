// How every file of the folder begins: what it is, of which store and generation, and its salt.

import { crc32 } from 'node:zlib';
import type { Chance } from '@holdfast/kernel';
import { damaged, tooNew } from './journal-error.ts';

export type FileKind = 'journal' | 'snapshot';

export interface FileHeader {
  kind: FileKind;
  /** A snapshot holds all that was before the journal of the same generation. */
  generation: number;
  /** 32 hexadecimal digits. */
  cluster: string;
  /** All checksums in the file begin with it. */
  salt: number;
}

export const FILE_HEADER_BYTES = 36;
const MARK = 'HFcoor';
const KINDS = { journal: 'j', snapshot: 's' } as const;
/** Counts the layouts of these files. */
const VERSION = 1;
const VERSION_AT = 7;
const GENERATION_AT = 8;
const SALT_AT = 12;
const CLUSTER_AT = 16;
const CHECKSUM_AT = 32;

export function newSalt(chance: Chance): number {
  return chance.integer(2 ** 32);
}

export function encodeHeader({ kind, generation, cluster, salt }: FileHeader): Buffer {
  const bytes = Buffer.alloc(FILE_HEADER_BYTES);
  bytes.write(MARK + KINDS[kind]);
  bytes.writeUInt8(VERSION, VERSION_AT);
  bytes.writeUInt32BE(generation, GENERATION_AT);
  bytes.writeUInt32BE(salt, SALT_AT);
  bytes.write(cluster, CLUSTER_AT, 'hex');
  bytes.writeUInt32BE(crc32(bytes.subarray(0, CHECKSUM_AT)), CHECKSUM_AT);
  return bytes;
}

/** Throws STORE_FAILED for what is no such file, STORE_TOO_NEW for one of a later layout. */
export function decodeHeader(path: string, file: Buffer, kind: FileKind): FileHeader {
  const isOurs = file.toString('latin1', 0, VERSION_AT) === MARK + KINDS[kind];
  if (file.length < FILE_HEADER_BYTES || !isOurs) throw damaged(path, 'its beginning is not ours');
  const version = file.readUInt8(VERSION_AT);
  if (version > VERSION) throw tooNew(path, version);
  if (file.readUInt32BE(CHECKSUM_AT) !== crc32(file.subarray(0, CHECKSUM_AT)))
    throw damaged(path, 'the checksum of its beginning is wrong');
  return {
    kind,
    generation: file.readUInt32BE(GENERATION_AT),
    salt: file.readUInt32BE(SALT_AT),
    cluster: file.toString('hex', CLUSTER_AT, CHECKSUM_AT),
  };
}
