import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'node:test';
import { silentLogger, systemChance, systemClock } from '@holdfast/kernel';
import { coordinationConformance } from '../coordination/coordination.conformance.ts';
import type { OpenedCoordination } from '../coordination/opened.conformance.ts';
import { openEmbeddedCoordination } from './open-embedded.ts';

const PARTS = { clock: systemClock, chance: systemChance, logger: silentLogger };

async function open(folder?: string): Promise<OpenedCoordination> {
  // A short journal, so that snapshots are made meanwhile.
  const kept = folder === undefined ? {} : { folder, journalBytes: 10_000 };
  const coordination = await openEmbeddedCoordination({ ...PARTS, ...kept });
  return {
    coordination,
    second: async () => coordination.client(),
    compact: (revision) => coordination.compact(revision),
    prefix: '/conformance/',
    close: async () => {
      await coordination.close();
      if (folder !== undefined) rmSync(folder, { recursive: true });
    },
  };
}

describe('each with stores of its own', { concurrency: true }, () => {
  coordinationConformance('embedded, in memory', () => open());
  coordinationConformance('embedded, on disk', () =>
    open(mkdtempSync(join(tmpdir(), 'holdfast-coordination-'))),
  );
});
