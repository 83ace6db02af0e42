// The door of what is in force where: each node tells it, anybody adds it up.

export { appliedOverview } from './applied-overview.ts';
export {
  type AppliedWriter,
  type AppliedWriterOptions,
  openAppliedWriter,
} from './applied-writer.ts';
