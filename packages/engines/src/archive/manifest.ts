// What an archive says of a day: which files hold it, how many rows, and the hash that proves each. A day
// is there when its manifest is; it is the last that is written and replaces nothing. Rows that come late
// for a day that is there make a further edition of it.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckReference } from '@holdfast/resources/result';
import { COLUMNS, damaged } from './csv.ts';

export const FORMAT = 1;
const DATE = /^(\d{4}-\d{2}-\d{2})-(\d+)\.json$/;

export interface ArchivePart {
  file: string;
  rows: number;
  bytes: number;
  /** Of the file as it lies there, in hexadecimal. */
  sha256: string;
  /** The checks of its first and last row: rows are ordered by check, then by time. */
  firstCheck: CheckReference;
  lastCheck: CheckReference;
}

export interface ArchiveManifest {
  format: number;
  /** In UTC, as `2026-03-01`. */
  day: string;
  edition: number;
  fromMs: number;
  toMs: number;
  columns: readonly string[];
  /** Of the store that the rows came from. */
  schemaVersion: number;
  rows: number;
  parts: ArchivePart[];
}

/** All of the folder, oldest day first, then by edition. Empty when there is no folder. */
export async function listArchive(folder: string): Promise<ArchiveManifest[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const manifests: ArchiveManifest[] = [];
  for (const name of names.filter((each) => DATE.test(each)))
    manifests.push(await readManifest(join(folder, name)));
  return manifests.sort((a, b) => a.fromMs - b.fromMs || a.edition - b.edition);
}

export async function writeManifest(folder: string, manifest: ArchiveManifest): Promise<void> {
  const name = `${manifest.day}-${manifest.edition}.json`;
  const path = join(folder, name);
  const file = await open(`${path}.tmp`, 'w');
  try {
    await file.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.tmp`, path);
  await syncFolder(folder);
}

/** Removes what an export that was cut off left of this edition, and makes the folder. */
export async function clearEdition(folder: string, day: string, edition: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  const prefix = `${day}-${edition}.`;
  for (const name of await readdir(folder))
    if (name.startsWith(prefix)) await rm(join(folder, name), { force: true });
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function sha256Of(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, signal === undefined ? {} : { signal }))
    hash.update(chunk as Buffer);
  return hash.digest('hex');
}

async function readManifest(path: string): Promise<ArchiveManifest> {
  const text = await readFile(path, 'utf8');
  try {
    const manifest = JSON.parse(text) as ArchiveManifest;
    const isOurs = manifest.format === FORMAT && Array.isArray(manifest.parts);
    if (isOurs && manifest.columns.join() === COLUMNS.join()) return manifest;
  } catch {
    throw damaged(`${path} is no JSON`);
  }
  throw damaged(`${path} is of another format than ${FORMAT}`);
}
