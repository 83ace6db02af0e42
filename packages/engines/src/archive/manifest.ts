// What an archive says of a day: which files hold it, how many rows, and the hash that proves each. A day
// is there when its manifest is; it is the last that is written and replaces nothing. Rows that come late
// for a day that is there make a further edition of it.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type HoldfastError, isHoldfastError } from '@holdfast/kernel';
import type { CheckReference } from '@holdfast/resources/result';
import { DAY_MS } from '../results/questions.ts';
import { storeFailed } from '../rows/store-failed.ts';
import { COLUMNS, damaged } from './csv.ts';

export const FORMAT = 1;
const DATE = /^(\d{4}-\d{2}-\d{2})-(\d+)\.json$/;
const PART = /^[\d-]+\.\d+\.csv\.zst$/;

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

export interface ArchiveSurvey {
  /** Oldest day first, then by edition. */
  manifests: ArchiveManifest[];
  /** Of manifests that do not hold: STORE_FAILED each. */
  faults: HoldfastError[];
}

/** All of the folder, oldest day first, then by edition. Empty when there is no folder. Throws STORE_FAILED. */
export async function listArchive(folder: string): Promise<ArchiveManifest[]> {
  const { manifests, faults } = await surveyArchive(folder);
  if (faults[0] !== undefined) throw faults[0];
  return manifests;
}

/** The same, with what does not hold beside what does. Throws STORE_FAILED for a folder that cannot be read. */
export async function surveyArchive(folder: string): Promise<ArchiveSurvey> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw unreadable(folder, error);
  });
  const survey: ArchiveSurvey = { manifests: [], faults: [] };
  for (const name of names.filter((each) => DATE.test(each)).sort()) {
    try {
      survey.manifests.push(await readManifest(folder, name));
    } catch (error) {
      if (!isHoldfastError(error)) throw error;
      survey.faults.push(error);
    }
  }
  survey.manifests.sort((a, b) => a.fromMs - b.fromMs || a.edition - b.edition);
  return survey;
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
  try {
    for await (const chunk of createReadStream(path, signal === undefined ? {} : { signal }))
      hash.update(chunk as Buffer);
  } catch (error) {
    throw unreadable(path, error);
  }
  return hash.digest('hex');
}

/** What the system says of a file, as STORE_FAILED; anything else as it is. */
export function unreadable(path: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  if (code === 'ENOENT') return damaged(`${path} is missing`);
  const cure = 'Give the user that Holdfast runs as the right to read it.';
  return storeFailed(`${path} cannot be read (${code})`, cure, error);
}

async function readManifest(folder: string, name: string): Promise<ArchiveManifest> {
  const path = join(folder, name);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadable(path, error);
  });
  const manifest = parsed(text, path);
  if (manifest.format !== FORMAT || manifest.columns?.join?.() !== COLUMNS.join())
    throw damaged(`${path} is of another format than ${FORMAT}`);
  const [, day, edition] = DATE.exec(name) ?? [];
  const isNamed = manifest.day === day && manifest.edition === Number(edition);
  if (!isNamed || !isCount(manifest.rows) || !isWhole(manifest))
    throw damaged(`${path} does not say what a manifest says`);
  return manifest;
}

function parsed(text: string, path: string): ArchiveManifest {
  try {
    const manifest: unknown = JSON.parse(text);
    if (typeof manifest === 'object' && manifest !== null) return manifest as ArchiveManifest;
  } catch {
    // Told below, like any text that is no object.
  }
  throw damaged(`${path} is no JSON object`);
}

/** Files of its own folder only: a manifest that was tampered with leads nowhere else. */
function isWhole({ day, fromMs, toMs, parts }: ArchiveManifest): boolean {
  const isRange = fromMs === Date.parse(day) && toMs === fromMs + DAY_MS;
  return isRange && Array.isArray(parts) && parts.every((part) => isPart(part));
}

function isPart(part: Partial<ArchivePart> | null): boolean {
  if (part === null || typeof part !== 'object') return false;
  const { file, rows, bytes, sha256, firstCheck, lastCheck } = part;
  const isFile = typeof file === 'string' && PART.test(file) && typeof sha256 === 'string';
  const isNamed = [firstCheck, lastCheck].every(
    (each) => typeof each?.namespace === 'string' && typeof each.check === 'string',
  );
  return isFile && isCount(rows) && isCount(bytes) && isNamed;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
