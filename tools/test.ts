// Runs the tests in three passes: pure ones together in one process (fast), those with sockets,
// processes and browsers isolated from each other, and timing tests one by one on a quiet machine.
// Arguments narrow the run to files whose path holds one of them. Ends with the totals of all passes.

import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Pass {
  name: string;
  takes(file: string): boolean;
  flags: string[];
}

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const SOCKET = '.socket.test.ts';
const SERIAL = '.serial.test.ts';
/** No single test may hang the run; the slowest browser test needs about a minute on two cores. */
const TEST_TIMEOUT_MS = 180_000;

const PASSES: Pass[] = [
  {
    name: 'pure',
    takes: (file) => !file.endsWith(SOCKET) && !file.endsWith(SERIAL),
    flags: ['--test-isolation=none'],
  },
  { name: 'sockets', takes: (file) => file.endsWith(SOCKET), flags: ['--test-concurrency=2'] },
  { name: 'timing', takes: (file) => file.endsWith(SERIAL), flags: ['--test-concurrency=1'] },
];

const wanted = process.argv.slice(2);
const files = globSync(['{packages,apps,bench,tests,tools}/**/*.test.ts'], {
  cwd: top,
  exclude: (name) => name.split(sep).includes('node_modules'),
})
  .filter((file) => wanted.length === 0 || wanted.some((word) => file.includes(word)))
  .sort();

const totals: Record<string, number> = { passed: 0, failed: 0, cancelled: 0, skipped: 0 };
let failed = files.length === 0;
for (const pass of PASSES) {
  const chosen = files.filter((file) => pass.takes(file));
  if (chosen.length === 0) continue;
  process.stdout.write(`\n— ${pass.name}: ${chosen.length} files\n`);
  failed = (await runPass(pass, chosen)) !== 0 || failed;
}
const { passed = 0, cancelled = 0, skipped = 0 } = totals;
process.stdout.write(
  `\n${passed} passed, ${(totals.failed ?? 0) + cancelled} failed, ${skipped} skipped\n`,
);
process.exitCode = failed ? 1 : 0;

async function runPass(pass: Pass, chosen: string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  const summary = join(folder, 'totals.json');
  const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout'];
  reporters.push(
    '--test-reporter=./tools/totals-reporter.ts',
    `--test-reporter-destination=${summary}`,
  );
  const flags = [
    '--disable-warning=ExperimentalWarning',
    '--test',
    `--test-timeout=${TEST_TIMEOUT_MS}`,
  ];
  const child = spawn(process.execPath, [...flags, ...pass.flags, ...reporters, ...chosen], {
    cwd: top,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const code = await new Promise<number>((resolve) =>
    child.on('close', (exit) => resolve(exit ?? 1)),
  );
  addTotals(summary);
  rmSync(folder, { recursive: true, force: true });
  return code;
}

function addTotals(summary: string): void {
  const line = readFileSync(summary, 'utf8').trim();
  const counts: Record<string, number> = line === '' ? { failed: 1 } : JSON.parse(line);
  for (const name of Object.keys(totals)) totals[name] = (totals[name] ?? 0) + (counts[name] ?? 0);
}
