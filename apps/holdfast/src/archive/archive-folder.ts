// The folder that a command was told, as an archive: what is none is said at once, and for a day that is
// not there, which ones are nearest.

import { stat } from 'node:fs/promises';
import { type ArchiveManifest, type ArchiveSurvey, surveyArchive } from '@holdfast/engines/archive';
import { HoldfastError } from '@holdfast/kernel';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Throws NOT_FOUND for what is no folder or holds no archive. */
export async function openArchive(folder: string): Promise<ArchiveSurvey> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => error.code ?? 'failed');
  const cure = 'Name the folder that --archive of the server names.';
  if (typeof found === 'string') {
    const what = found === 'ENOENT' ? 'there is no folder' : `cannot look into (${found})`;
    throw new HoldfastError('NOT_FOUND', `${what} ${folder}`, cure);
  }
  if (!found.isDirectory()) throw new HoldfastError('NOT_FOUND', `${folder} is no folder`, cure);
  const survey = await surveyArchive(folder);
  if (survey.manifests.length + survey.faults.length === 0)
    throw new HoldfastError(
      'NOT_FOUND',
      `there is no archived day in ${folder}`,
      'A day comes here when raw results are old enough to be forgotten; see docs/fleet.md.',
    );
  return survey;
}

/** Throws USAGE for what is no day, NOT_FOUND for one that is not archived. */
export function assertArchived(days: readonly string[], manifests: readonly ArchiveManifest[]) {
  const there = new Set(manifests.map(({ day }) => day));
  for (const day of days) {
    if (!DAY.test(day) || Number.isNaN(Date.parse(day)))
      throw new HoldfastError('USAGE', `${JSON.stringify(day)} is no day`, 'Write it 2026-03-01.');
    if (there.has(day)) continue;
    const before = [...there]
      .filter((other) => other < day)
      .sort()
      .at(-1);
    const after = [...there].filter((other) => other > day).sort()[0];
    const nearest = [before, after].filter((other) => other !== undefined).join(' and ');
    const cure = nearest === '' ? 'The archive has no other day.' : `Nearest are: ${nearest}.`;
    throw new HoldfastError('NOT_FOUND', `${day} is not in the archive`, cure);
  }
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
