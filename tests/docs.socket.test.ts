// Every command that the READMEs of the house and of the example plugin show is run here as it stands, but
// for addresses and folders of the test's own. A command that no rule below knows fails: docs never show
// what nobody has tried.

import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { commandsOf } from './documented-commands.ts';
import { holdfast, startUp, temporaryFolder, type Up } from './end-to-end/holdfast-process.ts';
import { TOP } from './source-files.ts';

const PLUGIN_FOLDER = 'examples/plugins/redis';

const folder = temporaryFolder();
let up: Up;

before(async () => {
  up = await startUp(['--data', join(folder.path, 'data')]);
});
after(async () => {
  await up.stop();
  folder.remove();
});

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
  await validateShown('README.md');
});

async function validateShown(page: string): Promise<void> {
  const yaml = /```yaml\n([\s\S]*?)```/.exec(readFileSync(join(TOP, page), 'utf8'))?.[1] ?? '';
  const file = join(folder.path, 'shown.yaml');
  writeFileSync(file, yaml);
  const { code, out } = await holdfast(['validate', file]);
  assert.equal(code, 0, out);
}

test('the commands and the check that the example plugin shows work', async () => {
  const server = answeringServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const page = readFileSync(join(TOP, PLUGIN_FOLDER, 'README.md'), 'utf8');
    const commands = commandsOf(page);
    assert.equal(commands.length, 2);
    for (const command of commands) await runWithVariables(command, address);
  } finally {
    await new Promise((done) => server.close(done));
  }
  cpSync(join(TOP, PLUGIN_FOLDER, 'redis.js'), join(folder.path, 'redis.js'));
  await validateShown(`${PLUGIN_FOLDER}/README.md`);
});

/** In the top folder, as its paths are meant; variables stand before the command. */
async function runWithVariables(command: string, address: string): Promise<void> {
  const words = command.replace('127.0.0.1:6379', address).split(/\s+/);
  const start = words.indexOf('npx');
  assert.equal(words[start + 1], 'holdfast', `no rule runs: ${command}`);
  const environment = Object.fromEntries(words.slice(0, start).map((word) => word.split('=')));
  const { code, out, error } = await holdfast(words.slice(start + 2), { environment });
  assert.equal(code, 0, `${command}: ${out}${error}`);
}

/** Says what a Redis server would. */
function answeringServer(): Server {
  const info = 'role:master\r\nconnected_clients:1\r\nloading:0\r\n';
  return createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', () => socket.write(`+PONG\r\n$${info.length}\r\n${info}\r\n`));
  });
}
