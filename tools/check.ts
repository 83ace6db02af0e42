// `npm run check`: everything that can be said about the tree without running it. Every step runs
// even when one failed, so that one round shows all there is to mend.

import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const program = (path: string) => join(top, 'node_modules', path);

const STEPS: { name: string; file: string; args: string[] }[] = [
  { name: 'types', file: program('typescript/bin/tsc'), args: ['--noEmit', '-p', '.'] },
  {
    name: 'types of the console',
    file: program('typescript/bin/tsc'),
    args: ['--noEmit', '-p', 'apps/console'],
  },
  {
    name: 'format and lint',
    file: program('@biomejs/biome/bin/biome'),
    args: ['ci', '--reporter=summary', '.'],
  },
  {
    name: 'unused code',
    file: program('knip/bin/knip.js'),
    args: ['--no-progress', '--no-config-hints'],
  },
];

let failed = 0;
for (const step of STEPS) {
  const startedMs = performance.now();
  const done = spawnSync(process.execPath, [step.file, ...step.args], {
    cwd: top,
    encoding: 'utf8',
  });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  process.stdout.write(`${done.status === 0 ? 'ok  ' : 'FAIL'} ${step.name} (${seconds} s)\n`);
  if (done.status === 0) continue;
  failed += 1;
  process.stdout.write(`${done.stdout}${done.stderr}\n`);
}
process.exitCode = failed === 0 ? 0 : 1;
