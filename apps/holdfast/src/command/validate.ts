// `holdfast validate`: every fault of the files with its place and its cure, one line each, so that
// editors, CI and git hooks can read them.

import { resolve } from 'node:path';
import { HoldfastError } from '@holdfast/kernel';
import type { Call, Command, Surroundings } from '../cli/command.ts';
import { paint } from '../cli/terminal.ts';

export const validate: Command = {
  name: 'validate',
  summary: 'Check configuration files; each fault with its place and cure',
  usage: '[FILE | DIR …]',
  arity: [0, 1000],
  options: [
    { name: 'json', summary: 'one JSON object on standard output' },
    { name: 'preset', value: 'NAME', summary: 'dev or prod, laid under the files' },
    { name: 'schema', summary: 'print the JSON Schema of the file instead, for editors' },
  ],
  examples: [
    'holdfast validate',
    'holdfast validate checks/*.yaml',
    'holdfast validate checks/            all files below it, as one configuration',
    'holdfast validate --json holdfast.toml',
  ],
  notes: [
    'Exit codes: 0 no faults, 1 faults, 2 bad usage.',
    'As a pre-commit hook:',
    '  holdfast validate $(git diff --cached --name-only -- "*holdfast.yaml")',
  ],
  run: runValidate,
};

async function runValidate(call: Call, surroundings: Surroundings): Promise<number> {
  const { terminal, workingDirectory } = surroundings;
  if (call.flag('schema')) {
    const { holdfastFileSchema } = await import('@holdfast/resources/json-schema');
    terminal.out(`${JSON.stringify(holdfastFileSchema(), null, 2)}\n`);
    return 0;
  }
  const { findConfiguration, readConfiguration } = await import('../configuration-file.ts');
  const { presetNamed } = await import('../process-preset.ts');
  const preset = presetNamed(call.text('preset'));
  const { formatProblem } = await import('@holdfast/resources/load');
  const files =
    call.arguments.length > 0
      ? call.arguments
      : [standardFile(findConfiguration(workingDirectory))];
  const loaded = files.map((file) => ({
    file,
    ...readConfiguration(resolve(workingDirectory, file), file, preset),
  }));
  const problems = loaded.flatMap((one) => (one.ok ? [] : one.problems));
  const checks = loaded.reduce(
    (sum, one) => sum + (one.ok ? one.configuration.checks.length : 0),
    0,
  );
  if (call.flag('json')) {
    terminal.out(`${JSON.stringify({ valid: problems.length === 0, files, checks, problems })}\n`);
  } else if (problems.length > 0) {
    terminal.out(problems.map((problem) => `${formatProblem(problem)}\n`).join(''));
    terminal.error(
      paint(terminal, 'red', `${problems.length} ${problems.length === 1 ? 'fault' : 'faults'}\n`),
    );
  } else {
    for (const one of loaded)
      if (one.ok)
        for (const warning of one.configuration.warnings)
          terminal.error(`${formatProblem(warning)}\n`);
    terminal.out(`${files.join(', ')}: valid, ${checks} ${checks === 1 ? 'check' : 'checks'}\n`);
  }
  return problems.length === 0 ? 0 : 1;
}

function standardFile(found: string | undefined): string {
  if (found !== undefined) return found;
  const cure = 'Name the file, or write a first one with `holdfast init`.';
  throw new HoldfastError('CONFIG_NOT_FOUND', 'no holdfast.yaml or holdfast.toml here', cure);
}
