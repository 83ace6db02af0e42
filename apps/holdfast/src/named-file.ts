// How a file that a check names is read: relative to a folder.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ReadFile } from '@holdfast/resources/load';

export function readerIn(folder: string): ReadFile {
  return (named, encoding = 'utf8') => readFileSync(resolve(folder, named), encoding);
}
