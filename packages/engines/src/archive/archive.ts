// The door of the cold tier: days of raw results as compressed files with a manifest, readable again by
// this code and by anything that reads CSV.

export { type ArchivedDay, archiveDay } from './archive-day.ts';
export { ArchivedResults, type ArchiveOptions } from './archived-results.ts';
export {
  type ArchiveManifest,
  type ArchivePart,
  type ArchiveSurvey,
  listArchive,
  surveyArchive,
} from './manifest.ts';
export { type ArchiveQuery, readArchive } from './read-archive.ts';
export { restoreDay } from './restore-day.ts';
export { type Verified, type VerifyOptions, verifyArchive } from './verify-archive.ts';
