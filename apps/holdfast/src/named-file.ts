// How files that checks and options name are read.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { HoldfastError } from '@holdfast/kernel';
import type { ReadFile } from '@holdfast/resources/load';

/** Relative to a folder. */
export function readerIn(folder: string): ReadFile {
  return (named, encoding = 'utf8') => readFileSync(resolve(folder, named), encoding);
}

/** Throws HoldfastError CONFIG_NOT_FOUND. */
export function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const cure = 'Name a PEM file that this user may read.';
    throw new HoldfastError('CONFIG_NOT_FOUND', `cannot read ${path}`, cure, error);
  }
}
