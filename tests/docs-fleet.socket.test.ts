// Every command that the page about fleets shows, run in its order: on one machine first, then on real
// engines. Addresses, folders and the target of the check are the test's own.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startEtcdCluster, startPostgres, startRedis } from '@holdfast/engines/testing';
import { commandsOf } from './documented-commands.ts';
import {
  holdfast,
  type Staying,
  startServing,
  startStaying,
  temporaryFolder,
  until,
} from './end-to-end/holdfast-process.ts';
import { keepOldResults } from './end-to-end/old-results.ts';
import { TOP } from './source-files.ts';

const page = readFileSync(join(TOP, 'docs/fleet.md'), 'utf8');
const folder = temporaryFolder();
const closing: (() => Promise<unknown>)[] = [];
after(async () => {
  for (const close of closing.reverse()) await close();
  folder.remove();
});

/** By what the page calls them. */
const names = new Map<string, string>();

function own(command: string): string[] {
  const words = command.split(/\s+/);
  assert.deepEqual(words.slice(0, 2), ['npx', 'holdfast'], `no rule runs: ${command}`);
  return words.slice(2).map((word) => names.get(word) ?? word);
}

async function serve(words: string[]): Promise<string> {
  const data = words.includes('--data') ? [] : ['--data', join(folder.path, `s${closing.length}`)];
  const at = words.indexOf('--listen');
  const listening = words.toSpliced(at + 1, 1, '127.0.0.1:0');
  const id = `server-${closing.length}`;
  const server = await startServing([...listening, ...data, '--id', id]);
  closing.push(() => server.stop());
  return server.url;
}

async function joinFleet(words: string[], url: string): Promise<void> {
  const here = words.map((word) => (word === 'http://127.0.0.1:7070' ? url : word));
  const agent: Staying = startStaying([...here, '--id', `agent-${closing.length}`]);
  closing.push(() => agent.stop());
  await agent.until(/(agent \S+ probes)/);
}

test('the page’s commands work in the order shown', async () => {
  const commands = commandsOf(page).map(own);
  const engines = commands.findIndex((words) => words.includes('--coordination'));
  names.set('./server', join(folder.path, 'server')).set('./agent', join(folder.path, 'agent'));
  const environment: NodeJS.ProcessEnv = {};
  for (const words of commandsOf(page).slice(0, engines).map(own)) {
    const [command] = words;
    if (command === 'server') environment.HOLDFAST_SERVER = await serve(words);
    else if (command === 'agent') await joinFleet(words, environment.HOLDFAST_SERVER ?? '');
    else await runToEnd(words, environment);
  }
});

async function runToEnd(words: string[], environment: NodeJS.ProcessEnv): Promise<void> {
  // The agents of the page have taken their work when somebody types the next command.
  if (words[0] === 'run') await liveEverywhere(environment);
  const { code, out, error } = await holdfast(words, { cwd: folder.path, environment });
  const expected = words[0] === 'diff' ? 1 : 0;
  assert.equal(code, expected, `${words.join(' ')}: ${out}${error}`);
  if (words[0] === 'init') aimAt(environment.HOLDFAST_SERVER ?? '');
}

/** What `init` writes asks the server where the page has it. */
function aimAt(url: string): void {
  const file = join(folder.path, 'holdfast.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('http://127.0.0.1:7070', url));
}

async function liveEverywhere(environment: NodeJS.ProcessEnv): Promise<void> {
  await until(async () => {
    const { out } = await holdfast(['get', 'applied'], { environment });
    return /live on (\d+) of \1 nodes/.test(out) || undefined;
  });
}

test('the page’s servers share real engines', async () => {
  const [etcd, redis, postgres] = await Promise.all([
    startEtcdCluster({ nodes: 3 }),
    startRedis(),
    startPostgres(),
  ]);
  closing.push(() => Promise.all([etcd.close(), redis.close(), postgres.close()]));
  const members = etcd.endpoints.map((one) => one.replace('http:', 'etcd:')).join(',');
  names
    .set('etcd://etcd-1:2379,etcd://etcd-2:2379,etcd://etcd-3:2379', members)
    .set('redis://redis:6379', redis.url)
    .set('postgres://holdfast@postgres/holdfast', postgres.url);
  const commands = commandsOf(page).map(own);
  let url = '';
  for (const words of commands.filter((one) => one.includes('--coordination')))
    url = await serve(words);
  const { code, out } = await holdfast(['get', 'servers'], {
    environment: { HOLDFAST_SERVER: url },
  });
  assert.equal(code, 0, out);
  assert.equal(out.trim().split('\n').length, 3, out);
});

test('what is old goes to the archive that the page names, and comes back', async () => {
  const commands = commandsOf(page);
  const old = join(folder.path, 'old');
  mkdirSync(old);
  await keepOldResults(join(old, 'holdfast.db'), '2026-03-01', 2);
  names
    .set('./server', old)
    .set('./archive', join(folder.path, 'archive'))
    .set('./march', join(folder.path, 'march'));
  const serving = commands.find((command) => command.includes('--archive')) ?? '';
  await serve(own(serving));
  await until(async () => {
    const { out } = await holdfast(own('npx holdfast archive list ./archive'));
    return out.includes('2026-03-02') || undefined;
  });
  for (const words of commands.filter((command) => /^\S+ \S+ archive /.test(command)).map(own)) {
    const { code, out, error } = await holdfast(words, { cwd: folder.path });
    assert.equal(code, 0, `${words.join(' ')}: ${error}`);
    assert.ok(out !== '', words.join(' '));
  }
});

test('the check that the page shows is valid', async () => {
  const yaml = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const file = join(folder.path, 'shown.yaml');
  writeFileSync(file, yaml);
  const { code, out } = await holdfast(['validate', file]);
  assert.equal(code, 0, out);
});

test('a token is made, and its lines fit into a file', async () => {
  const { code, out } = await holdfast(['token']);
  assert.equal(code, 0, out);
  assert.match(out, /hf_[\w-]{43}/);
});
