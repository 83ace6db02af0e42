// The door of the cold tier: days of raw results as compressed files with a manifest, readable again by
// this code and by anything that reads CSV.

export { archiveDay, verifyArchive } from './archive-day.ts';
export { ArchivedResults, type ArchiveOptions } from './archived-results.ts';
export { type ArchiveManifest, type ArchivePart, listArchive } from './manifest.ts';
export { type ArchiveQuery, readArchive, restoreDay } from './read-archive.ts';
