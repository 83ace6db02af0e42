// Kinds that a plugin brings, the whole way: asked by the command line, run by a server whose file names
// the plugin, shown by its API; and what a user gets told who named it wrongly.

import assert from 'node:assert/strict';
import { cpSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { TOP } from '../source-files.ts';
import { getJson, holdfast, startUp, temporaryFolder, until } from './holdfast-process.ts';

const PLUGIN = join(TOP, 'examples/plugins/redis/redis.js');
const INFO = 'role:master\r\nconnected_clients:3\r\nloading:0\r\nredis_version:7.0.15\r\n';

let server: Server;
let target: string;
const folder = temporaryFolder();
before(async () => {
  server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      socket.write('+PONG\r\n');
      if (String(bytes).includes('INFO')) socket.write(`$${INFO.length}\r\n${INFO}\r\n`);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  target = `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(async () => {
  await new Promise((done) => server.close(done));
  folder.remove();
});

test('probe asks a kind of a plugin, and shows what it tells as plain rows', async () => {
  const words = ['probe', target, '--plugin', PLUGIN, '--with', 'info=true'];
  const people = await holdfast(words);
  assert.equal(people.code, 0, people.error);
  assert.match(people.out, /^\S+ up {2}redis:\/\/127\.0\.0\.1/);
  assert.match(people.out, / role +master\n +connected clients +3\n +loading +false\n/);
  for (const line of people.out.split('\n')) assert.ok(line.length <= 80, line);
  const record = JSON.parse((await holdfast([...words, '--json'])).out);
  assert.deepEqual([record.protocol, record.status, record.role], ['redis', 'up', 'master']);
});

test('a variable names plugins too, a kind may stand before the target', async () => {
  const environment = { HOLDFAST_PLUGINS: PLUGIN };
  const { code, out, error } = await holdfast(['probe', 'redis', target, '--json'], {
    environment,
  });
  assert.equal(code, 0, error);
  assert.equal(JSON.parse(out).protocol, 'redis');
});

const WRONG: [words: string[], said: RegExp][] = [
  [
    ['--plugin', './nowhere.js'],
    /nowhere\.js is a plugin that cannot be loaded.*\n.*path of a mod/,
  ],
  [['--plugin', 'no-such-package'], /no-such-package .* is not to be found.*\n.*path of a module/s],
  [['--plugin', join(TOP, 'package.json')], /exports no object named `prober`/],
  [['--plugin', PLUGIN, '--with', 'info=maybe'], /with\.info must be a boolean/],
  [['--plugin', PLUGIN, '--with', 'info'], /"info" has no value.*\n.*NAME=VALUE/],
  [[], /unknown scheme redis:\/\/.*\n.*--plugin/],
];
for (const [words, said] of WRONG) {
  test(`probe redis://… ${words.map((word) => word.replace(TOP, '')).join(' ')} is refused`, async () => {
    const { code, error } = await holdfast(['probe', target, ...words]);
    assert.equal(code, 2, error);
    assert.match(error, said);
  });
}

test('up runs checks of a plugin that its file names; a trial and a written text know its kind', async () => {
  cpSync(PLUGIN, join(folder.path, 'redis.js'));
  const file = join(folder.path, 'holdfast.yaml');
  const check = `{name: cache, target: "${target}", interval: 5s, with: {info: true}, expect: {that: 'detail.role == "master"'}}`;
  writeFileSync(file, `plugins: [./redis.js]\nchecks:\n  - ${check}\n`);
  const up = await startUp(['--file', file, '--data', join(folder.path, 'data')]);
  try {
    const seen = await until(async () => {
      const { checks } = await getJson<{ checks: { kind: string; state: string }[] }>(
        `${up.url}/api/v1/overview`,
      );
      const [first] = checks;
      return first?.state === 'unknown' ? undefined : first;
    });
    assert.deepEqual([seen.kind, seen.state], ['redis', 'up']);
    const post = async (path: string, body: object) => {
      const answer = await fetch(`${up.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    const tried = await post('/api/v1/try', { check: { target, with: { info: true } } });
    assert.equal(tried.status, 200, JSON.stringify(tried.body));
    assert.equal((tried.body.result as { status?: string } | undefined)?.status, 'up');
    const text = (plugin: string) => `plugins: [${plugin}]\nchecks:\n  - ${check}\n`;
    const known = await post('/api/v1/validate', { text: text('./redis.js') });
    assert.deepEqual([known.body.valid, known.body.problems], [true, []]);
    // Nothing that a text names is loaded: only what the server runs already is known.
    const strange = await post('/api/v1/validate', { text: text('./other.js') });
    assert.equal(strange.body.valid, false);
    assert.match(JSON.stringify(strange.body.problems), /not one of those in force/);
  } finally {
    assert.equal(await up.stop(), 0);
  }
});
