// The commands over resources as people type them, against a server with the routes of resources: what
// they print, how they end, and that files are kept in step.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Coordination } from '@holdfast/engines/coordination';
import { openEmbeddedCoordination } from '@holdfast/engines/embedded';
import { KEYS } from '@holdfast/engines/keys';
import { silentLogger, sleep, systemChance, systemClock } from '@holdfast/kernel';
import { hashToken } from '@holdfast/resources/access';
import type { AppliedOverview } from '@holdfast/resources/api';
import type { AppliedRecord } from '@holdfast/resources/fleet';
import { runWords } from '../main.ts';
import { ResourceStore } from '../resource-store/resource-store.ts';
import { startResourceServer, type TestServer } from '../testing/resource-server.ts';

describe('commands over resources', () => {
  let coordination: Coordination;
  let server: TestServer;
  let folder: string;
  let applied: AppliedOverview;
  const surroundings = { clock: systemClock, chance: systemChance };

  before(async () => {
    coordination = await openEmbeddedCoordination({ ...surroundings, logger: silentLogger });
    const store = new ResourceStore({ coordination, ...surroundings });
    const more = (
      routes: Parameters<NonNullable<Parameters<typeof startResourceServer>[2]>>[0],
    ) => {
      routes.get('/api/v1/applied', async () => applied);
    };
    server = await startResourceServer(store, { token: 'operator' }, more);
    folder = mkdtempSync(join(tmpdir(), 'holdfast-apply-'));
  });
  after(async () => {
    await server.close();
    await coordination.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    const { resources } = JSON.parse((await run('get', '-o', 'json')).out);
    const all = resources.map(
      ({
        kind,
        metadata: { name, namespace },
      }: {
        kind: string;
        metadata: object & Record<string, string>;
      }) => ({ kind, name, namespace }),
    );
    const store = new ResourceStore({ coordination, ...surroundings });
    await store.delete(all, { by: 'test' });
  });

  interface Run {
    code: number;
    out: string;
    error: string;
  }

  function start(words: string[], signal: AbortSignal): { run: Promise<Run>; said: () => Run } {
    const said = { code: -1, out: '', error: '' };
    const run = runWords(words, {
      clock: systemClock,
      environment: { HOLDFAST_SERVER: server.url, HOLDFAST_TOKEN: 'operator' },
      workingDirectory: folder,
      terminal: {
        out: (text) => {
          said.out += text;
        },
        error: (text) => {
          said.error += text;
        },
        columns: 80,
        colour: false,
        unicode: true,
      },
      signal,
    }).then((code) => ({ ...said, code }));
    return { run, said: () => said };
  }

  const run = (...words: string[]) => start(words, new AbortController().signal).run;
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

  test('apply, get, diff and delete', async () => {
    write('a.yaml', 'checks: [{name: shop, target: "tcp://a:1", interval: 30s}]\n');
    const first = await run('apply', '-f', 'a.yaml');
    assert.match(first.out, /^created {3}Check default\/shop\n1 created at revision \d+\n$/);
    assert.equal((await run('diff', '-f', 'a.yaml')).code, 0);
    write('a.yaml', 'checks: [{name: shop, target: "tcp://a:1", interval: 1m}]\n');
    const differs = await run('diff', '-f', 'a.yaml');
    assert.equal(differs.code, 1);
    assert.match(differs.out, /^changed {3}Check default\/shop\n {2}spec\.interval: 30s → 1m\n/);
    const second = await run('apply', '-f', 'a.yaml');
    assert.match(second.out, /^changed {3}Check default\/shop {2}spec\.interval\n1 changed at/);
    const table = await run('get', 'checks');
    assert.match(table.out, /^NAMESPACE {2}NAME {2}TARGET +EVERY {2}CHANGED\ndefault +shop +tcp:/);
    const yaml = await run('get', 'check', 'shop', '-o', 'yaml');
    write('b.yaml', yaml.out);
    assert.match((await run('apply', '-f', 'b.yaml')).out, /^1 unchanged/);
    const gone = await run('delete', 'Check', 'shop');
    assert.match(gone.out, /^deleted {3}Check default\/shop\n1 deleted at revision/);
    assert.equal((await run('delete', 'Check', 'shop')).code, 1);
    assert.equal((await run('get', 'check', 'shop')).code, 1);
    assert.equal((await run('get')).out, 'no resources\n');
  });

  test('secrets are told by their places alone', async () => {
    const file = (secret: string) =>
      write(
        's.yaml',
        `channels: [{name: chat, type: webhook, url: "https://h.example/${secret}"}]\n`,
      );
    file('hunter2');
    await run('apply', '-f', 's.yaml');
    file('hunter3');
    const { out, error } = await run('diff', '-f', 's.yaml');
    assert.match(out, /spec\.url: differs, and is not shown/);
    const shown = await run('get', '-o', 'yaml');
    assert.doesNotMatch(out + error + shown.out, /hunter/);
  });

  test('faults of files and of the whole come with place and cure, and change nothing', async () => {
    write('bad.yaml', 'checks: [{name: a, target: "tcp://a:1", intervall: 1m}]\n');
    const local = await run('apply', '-f', 'bad.yaml');
    assert.equal(local.code, 1);
    assert.match(local.error, /bad\.yaml:1:41: checks\[0\]\.intervall: is not a field here/);
    write('bad.yaml', 'alerts: [{name: down, channels: [chat]}]\n');
    const whole = await run('apply', '-f', 'bad.yaml');
    assert.equal(whole.code, 1);
    assert.match(whole.error, /AlertRule down: spec\.channels\[0\]: names no channel/);
    write('bad.yaml', 'plugins: [./x.ts]\n');
    assert.match((await run('apply', '-f', 'bad.yaml')).error, /plugin/);
    assert.equal((await run('get')).out, 'no resources\n');
  });

  test('words that are wrong are told with what was meant', async () => {
    for (const [words, said] of [
      [['get', 'chek'], /there is no kind "chek".*\n {2}Did you mean Check\?/],
      [['delete', 'chanel', 'x'], /Did you mean Channel\?/],
      [['get', 'apliedd'], /Did you mean applied\?/],
      [['apply'], /-f is missing/],
      [['apply', '-f', '-', '--watch'], /cannot be watched/],
      [['get', '-o', 'xml'], /Forms: table, yaml, json/],
      [['get', '--server', 'nowhere'], /--server is no web address/],
      [['token', '--role', 'wrter'], /Did you mean writer\?/],
    ] as const) {
      const { code, error } = await run(...words);
      assert.equal(code, 2, words.join(' '));
      assert.match(error, said);
    }
    assert.equal((await run('apply', '-f', 'nowhere.yaml')).code, 1);
    mkdirSync(join(folder, 'empty'), { recursive: true });
    assert.match((await run('apply', '-f', 'empty')).error, /no \*\.yaml or \*\.toml below empty/);
  });

  test('a server that is away is passed over, and told when no other is there', async () => {
    const dead = await closedPort();
    const two = await run('get', '--server', dead, '--server', server.url);
    assert.equal(two.code, 0);
    const none = await run('get', '--server', `${dead},${dead}`);
    assert.equal(none.code, 1);
    assert.match(
      none.error,
      /no server answered: .*ECONNREFUSED.* \[SERVER_UNREACHABLE\]\n.*--server/,
    );
    const strange: Server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi!');
    });
    const url = await listening(strange);
    assert.match((await run('get', '--server', url)).error, /HTTP 200 that is not of Holdfast/);
    strange.close();
    const denied = await run('get', '--token', 'wrong');
    assert.match(denied.error, /\[UNAUTHORIZED\]/);
  });

  test('get applied says whether it is live everywhere', async () => {
    const node: Omit<AppliedRecord, 'node'> = {
      role: 'server' as const,
      revision: '7',
      digest: 'd',
      appliedAtMs: 0,
      faults: [],
    } as const;
    applied = {
      revision: '7',
      digest: 'd',
      nodes: [{ ...node, node: 'a' }],
      live: 1,
      total: 1,
      lagMsP99: 0.84,
    };
    const live = await run('get', 'applied');
    assert.deepEqual([live.code, live.out], [0, 'live on 1 of 1 node at revision 7, p99 0.8 ms\n']);
    const late = { ...node, node: 'b', digest: 'c', revision: '6' };
    applied = { ...applied, nodes: [...applied.nodes, late], total: 2 };
    const behind = await run('get', 'applied');
    assert.equal(behind.code, 1);
    assert.match(behind.out, /^live on 1 of 2 nodes at revision 7.*\nNODE.*\nb +server +6/);
  });

  test('token prints a token and the hash that grants it', async () => {
    const { out, error } = await run('token', 'ci', '--role', 'writer', '-n', 'team-a');
    assert.match(out, /^hf_[\w-]{43}\n$/);
    assert.ok(error.includes(`sha256: "${hashToken(out.trim())}"`));
    const lines = error.split('\n').filter((line) => /^( |namespaces)/.test(line));
    write('n.yaml', lines.join('\n'));
    assert.equal((await run('apply', '-f', 'n.yaml')).code, 0);
  });

  test('validate takes a folder as one configuration', async () => {
    mkdirSync(join(folder, 'whole/.git'), { recursive: true });
    write('whole/checks.yaml', 'checks: [{name: a, target: "tcp://a:1"}]\n');
    write('whole/alerts.toml', '[[alerts]]\nname = "down"\nchannels = ["chat"]\n');
    write('whole/.git/x.yaml', 'nonsense: true\n');
    const faulty = await run('validate', 'whole');
    assert.equal(faulty.code, 1);
    assert.match(faulty.out, /^whole\/alerts\.toml:3:13: alerts\[0\]\.channels\[0\]: names no/);
    write('whole/chat.yaml', 'channels: [{name: chat, type: webhook, url: "https://h.example"}]\n');
    assert.equal((await run('validate', 'whole')).out, 'whole: valid, 1 check\n');
  });

  test('--watch keeps a fleet in step with a folder', async (context) => {
    mkdirSync(join(folder, 'live'));
    write('live/a.yaml', 'checks: [{name: a, target: "tcp://a:1"}]\n');
    const stop = new AbortController();
    context.after(() => stop.abort());
    const words = ['apply', '-f', 'live', '--watch', '--owner', 'live', '--prune'];
    const { run: ended, said } = start(words, stop.signal);
    await until(() => said().out.includes('created   Check default/a'));
    const from = systemClock.nowMs();
    write('live/b.toml', '[[checks]]\nname = "b"\ntarget = "tcp://b:1"\n');
    await until(() => said().out.includes('created   Check default/b'));
    const tookMs = systemClock.nowMs() - from;
    assert.ok(tookMs < 2_000, `taken up after ${tookMs} ms`);
    write('live/a.yaml', 'checks: [{name: a, target: 1}]\n');
    await until(() => /live\/a\.yaml:1:\d+: checks\[0\]\.target/.test(said().error));
    assert.equal((await coordination.list(KEYS.resources)).entries.length, 2);
    rmSync(join(folder, 'live/a.yaml'));
    await until(() => said().out.includes('deleted   Check default/a'));
    stop.abort();
    assert.equal((await ended).code, 0);
  });

  test('help fits a screen, and tables are never wrapped', async () => {
    for (const command of ['apply', 'get', 'diff', 'delete', 'token', 'validate']) {
      const { out } = await run(command, '--help');
      const lines = out.split('\n');
      assert.ok(lines.length <= 40, `${command}: ${lines.length} lines`);
      for (const line of lines) assert.ok(line.length <= 80, `${command}: ${line}`);
    }
    const name = 'x'.repeat(60);
    write(
      'wide.yaml',
      `checks: [{name: ${name}, target: "tcp://${name}:1", locations: [fra, nyc]}]\n`,
    );
    await run('apply', '-f', 'wide.yaml');
    const { out } = await run('get', 'check');
    for (const line of out.split('\n')) assert.ok(line.length <= 80, line);
  });
});

async function until(holds: () => boolean): Promise<void> {
  const deadline = systemClock.nowMs() + 10_000;
  while (!holds()) {
    assert.ok(systemClock.nowMs() < deadline, 'it never came');
    await sleep(systemClock, 20);
  }
}

function listening(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
    });
  });
}

async function closedPort(): Promise<string> {
  const server = createServer();
  const url = await listening(server);
  await new Promise((done) => server.close(done));
  return url;
}
