// The configuration that `holdfast doctor` looks at, and what it asks of this machine, when it is sound.

import { resolve } from 'node:path';
import { isHoldfastError } from '@holdfast/kernel';
import type { Call, Surroundings } from '../cli/command.ts';
import type { Finding } from './finding.ts';
import type { Load } from './load-findings.ts';

/** Of the file that is named, or that stands in the working folder. */
export async function configuration(
  call: Call,
  { workingDirectory }: Surroundings,
): Promise<{ finding: Finding; load?: Load }> {
  const name = 'configuration';
  const { findConfiguration, readConfiguration } = await import('../configuration-file.ts');
  const named = call.text('file');
  const path =
    named === undefined ? findConfiguration(workingDirectory) : resolve(workingDirectory, named);
  if (path === undefined) {
    const text = 'none here; `holdfast up` shows the demo';
    return { finding: { name, verdict: 'ok', text } };
  }
  const shown = named ?? path;
  try {
    const loaded = readConfiguration(path, shown);
    if (loaded.ok) {
      const { configuration } = loaded;
      const text = `${shown}: ${configuration.checks.length} checks`;
      return { finding: { name, verdict: 'ok', text }, load: configuration };
    }
    const text = `${shown}: ${loaded.problems.length} faults`;
    return { finding: { name, verdict: 'failure', text, cure: 'run `holdfast validate`' } };
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    return { finding: { name, verdict: 'failure', text: error.message, cure: error.cure } };
  }
}
