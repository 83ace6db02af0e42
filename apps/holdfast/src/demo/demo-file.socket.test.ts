// What `holdfast up` shows first must start: the demo's file is held to the loader here, without a server.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemChance, systemClock } from '@holdfast/kernel';
import { formatProblem, loadConfiguration } from '@holdfast/resources/load';
import { demoFile } from './demo-file.ts';
import { startDemoTargets } from './demo-targets.ts';

test('the file of the demo has neither faults nor warnings', async () => {
  const targets = await startDemoTargets(systemClock, systemChance);
  try {
    const loaded = loadConfiguration({ file: 'demo.yaml', text: demoFile(targets) });
    assert.deepEqual(
      [...(loaded.ok ? [] : loaded.problems), ...loaded.warnings].map(formatProblem),
      [],
    );
  } finally {
    await targets.close();
  }
});
