// `npm run dev`: the product restarted when one of its sources changes, and the console rebuilt when
// one of its does. Words after `--` go to `holdfast up`. Ends with both when either ends.

import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = dirname(dirname(fileURLToPath(import.meta.url)));

function start(args: string[], cwd: string): ChildProcess {
  return spawn(process.execPath, args, { cwd, stdio: 'inherit' });
}

const children = [
  start(
    [
      '--disable-warning=ExperimentalWarning',
      '--watch',
      '--watch-preserve-output',
      join(top, 'apps/holdfast/bin/holdfast.js'),
      'up',
      ...process.argv.slice(2),
    ],
    process.cwd(),
  ),
  start(
    [join(top, 'node_modules/vite/bin/vite.js'), 'build', '--watch', '--logLevel', 'warn'],
    join(top, 'apps/console'),
  ),
];
const stop = () => {
  for (const child of children) child.kill('SIGTERM');
};
process.on('SIGINT', stop).on('SIGTERM', stop);
for (const child of children) child.on('exit', stop);
