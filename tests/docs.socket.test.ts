// Every command that the README shows is run here as it stands, but for addresses and folders of
// the test's own. A command that no rule below knows fails: docs never show what nobody has tried.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { holdfast, startUp, temporaryFolder, type Up } from './end-to-end/holdfast-process.ts';
import { TOP } from './source-files.ts';

const folder = temporaryFolder();
let up: Up;

before(async () => {
  up = await startUp(['--data', join(folder.path, 'data')]);
});
after(async () => {
  await up.stop();
  folder.remove();
});

/** Lines of `sh` blocks, and those after a `$ ` of `console` blocks; comments cut. */
function commandsOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/```(sh|console)\n([\s\S]*?)```/g)];
  return blocks
    .flatMap(([, language, text = '']) => {
      const lines = text.split('\n');
      return language === 'sh'
        ? lines
        : lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2));
    })
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '');
}

async function runCommand(command: string): Promise<void> {
  const words = command.split(/\s+/);
  if (command === 'npm test') return;
  if (command.startsWith('npm start')) return tryStart(words.slice(3));
  assert.deepEqual(words.slice(0, 2), ['npx', 'holdfast'], `no rule runs: ${command}`);
  const own = words.slice(2).map((word) => word.replace('http://127.0.0.1:7070', up.url));
  const { code, out, error } = await holdfast(own, { cwd: folder.path });
  assert.equal(code, 0, `${command}: ${out}${error}`);
}

/** With its own words, but for where it listens and keeps its data. */
async function tryStart(words: string[]): Promise<void> {
  const own = words.map((word) => (word.endsWith('.yaml') ? join(folder.path, word) : word));
  const kept = own.filter(
    (_, index) =>
      !/^--(listen|data)$/.test(own[index] ?? '') &&
      !/^--(listen|data)$/.test(own[index - 1] ?? ''),
  );
  const started = await startUp([...kept, '--data', join(folder.path, 'data of start')]);
  assert.equal((await fetch(`${started.url}/healthz`)).status, 200);
  assert.equal(await started.stop(), 0);
}

test('the commands of the README work in the order shown', async () => {
  const commands = commandsOf(readFileSync(join(TOP, 'README.md'), 'utf8'));
  assert.ok(commands.length >= 5);
  for (const command of commands) await runCommand(command);
});

test('the check shown in the README is valid', async () => {
  const { writeFileSync } = await import('node:fs');
  const yaml =
    /```yaml\n([\s\S]*?)```/.exec(readFileSync(join(TOP, 'README.md'), 'utf8'))?.[1] ?? '';
  const file = join(folder.path, 'shown.yaml');
  writeFileSync(file, yaml);
  const { code, out } = await holdfast(['validate', file]);
  assert.equal(code, 0, out);
});
