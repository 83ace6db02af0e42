// The commands as a user types them: what they print and with what they end.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { holdfast, temporaryFolder } from './holdfast-process.ts';
import { type SwitchableTarget, startTarget } from './switchable-target.ts';

let target: SwitchableTarget;
const folder = temporaryFolder();
before(async () => {
  target = await startTarget();
});
after(async () => {
  await target.close();
  folder.remove();
});

test('probe --json carries the flat record and ends with 0 when up', async () => {
  target.answer(200);
  const { code, out, error } = await holdfast(['probe', 'http', target.url, '--json']);
  assert.equal(code, 0, error);
  const record = JSON.parse(out);
  assert.equal(record.status, 'up');
  assert.equal(record.protocol, 'http');
  assert.equal(record.status_code, 200);
  assert.equal(record.target, target.url);
  assert.equal(record.body_length, 15);
  assert.equal(record.ip_version, 4);
  assert.ok(record.duration_ms > 0);
  assert.ok(record.tcp_time_ms > 0);
  assert.ok(record.response_time_ms > 0);
  assert.ok(Date.parse(record.timestamp) > 0);
  // What did not happen is absent, not zero.
  assert.ok(!('dns_time_ms' in record));
  assert.ok(!('tls_time_ms' in record));
});

test('probe by --url resolves names and says how long that took', async () => {
  const { code, out } = await holdfast([
    'probe',
    '--url',
    target.url.replace('127.0.0.1', 'localhost'),
    '--json',
  ]);
  assert.equal(code, 0);
  assert.ok(JSON.parse(out).dns_time_ms >= 0);
});

test('probe --watch gives a line for each run and what they come to; --json one object a line', async () => {
  target.answer(200);
  const words = ['probe', 'http', target.url, '--watch', '--interval', '20ms', '--count', '3'];
  const people = await holdfast(words);
  assert.equal(people.code, 0, people.error);
  assert.equal(people.out.match(/ up .*connect /g)?.length, 3);
  assert.match(people.out, /3 runs: 3 up, 0 down.*100\.0 % up\nmin /);
  const programs = await holdfast([...words, '--json']);
  const records = programs.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    records.map((record) => record.status),
    ['up', 'up', 'up'],
  );
  assert.equal((await holdfast([...words.slice(0, -1), 'many'])).code, 2);
});

test('probe sends a body, dials the address it is told, and asks each address of a name', async () => {
  target.answer(200);
  const sent = await holdfast(['probe', target.url, '-d', 'a=1', '--json']);
  assert.equal(sent.code, 0, sent.error);
  assert.equal(target.bodies.at(-1), 'a=1');
  const named = target.url.replace('127.0.0.1', 'nowhere.invalid');
  const dialled = await holdfast(['probe', named, '--address', '127.0.0.1', '--json']);
  assert.equal(JSON.parse(dialled.out).peer_ip, '127.0.0.1');
  const all = await holdfast(['probe', target.url, '--all-addresses', '--json']);
  assert.equal(all.code, 0, all.error);
  const refused = await holdfast(['probe', target.url, '--http-version', '4']);
  assert.equal(refused.code, 2);
  assert.match(refused.error, /version/);
});

test('a run that is not up says code, status and trace id to programs', async () => {
  const { out } = await holdfast(['probe', 'tcp', '127.0.0.1:1', '--json']);
  const { error } = JSON.parse(out);
  assert.equal(error.code, 'ERR_SERVICE_UNAVAILABLE');
  assert.equal(error.http_status, 503);
  assert.match(error.trace_id, /^[0-9a-f]{32}$/);
});

test('the preset prod asks for a token and a file; a name that is none is told', async () => {
  const bare = await holdfast(['up', '--preset', 'prod'], { cwd: folder.path });
  assert.match(bare.error, /asks for a token \[LISTEN_UNPROTECTED\]/);
  const environment = { HOLDFAST_PRESET: 'prod', HOLDFAST_TOKEN: 'x' };
  const demo = await holdfast(['up', '--demo'], { environment });
  assert.match(demo.error, /shows no demo \[CONFIG_NOT_FOUND\]/);
  const strange = await holdfast(['validate', '--preset', 'prd']);
  assert.equal(strange.code, 2);
  assert.match(strange.error, /Did you mean prod/);
});

test('probe --yaml says the same as --json', async () => {
  const { code, out } = await holdfast(['probe', 'http', target.url, '--yaml']);
  assert.equal(code, 0);
  assert.match(out, /^---\ntarget: http:/);
  assert.match(out, /^status: up$/m);
  assert.equal((await holdfast(['probe', 'http', target.url, '--yaml', '--json'])).code, 2);
});

test('probe ends with 1 when down, and says class, code and cure', async () => {
  target.answer(503);
  const answered = await holdfast(['probe', 'http', target.url]);
  assert.equal(answered.code, 1);
  assert.match(answered.out, /down/);
  assert.match(answered.out, /SERVER_FAILED \(server\).*503/);
  assert.match(answered.out, /try/);
  target.answer(200);

  const refused = await holdfast(['probe', 'tcp', '127.0.0.1:1', '--json']);
  assert.equal(refused.code, 1);
  assert.equal(JSON.parse(refused.out).fault.code, 'CONNECT_REFUSED');
  assert.equal(JSON.parse(refused.out).fault.httpStatus, 503);
});

test('probe ends with 1 on a timeout, which names the phase', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
  const { port } = silent.address() as AddressInfo;
  const { code, out } = await holdfast([
    'probe',
    'http',
    `http://127.0.0.1:${port}/`,
    '--timeout',
    '1s',
    '--json',
  ]);
  silent.close();
  assert.equal(code, 1);
  const record = JSON.parse(out);
  assert.equal(record.status, 'timeout');
  assert.equal(record.fault.phase, 'wait');
  assert.ok(record.duration_ms >= 990 && record.duration_ms < 2_000);
});

test('probe ends with 2 on bad usage, and with a suggestion', async () => {
  for (const words of [
    ['probe'],
    ['probe', 'http'],
    ['probe', 'htttp', target.url],
    ['probe', 'http', 'http://'],
    ['probe', 'http', target.url, '--timeout', 'soon'],
    ['probe', 'tcp', '127.0.0.1:99999'],
    ['prob', target.url],
    ['probe', target.url, '--jsn'],
  ]) {
    const { code, out, error } = await holdfast(words);
    assert.equal(code, 2, `${words.join(' ')}: ${out}${error}`);
    assert.equal(out, '');
    assert.match(error, /\[USAGE\]/);
  }
  assert.match((await holdfast(['prob'])).error, /Did you mean `holdfast probe`/);
  assert.match((await holdfast(['probe', '--jsn'])).error, /Did you mean --json/);
});

test('an option that means nothing for the kind is refused, but a variable for every call is not', async () => {
  target.answer(200);
  const port = new URL(target.url).port;
  const said = await holdfast(['probe', 'tcp', `127.0.0.1:${port}`, '--record', 'MX']);
  assert.equal(said.code, 2);
  assert.match(said.error, /--record means nothing for a target of kind tcp.*\n.*for dns/);
  const plain = await holdfast(['probe', 'grpc', `127.0.0.1:${port}`, '--insecure']);
  assert.equal(plain.code, 2, 'a certificate is not looked at on a plain way');
  const environment = { HOLDFAST_RECORD: 'MX', HOLDFAST_INSECURE: '1' };
  const { code } = await holdfast(['probe', 'tcp', `127.0.0.1:${port}`], { environment });
  assert.equal(code, 0);
});

test('probe ends with 3 when the fault is ours', async () => {
  const words = [
    'probe',
    'http',
    target.url,
    '--header',
    'Authorization: Bearer ${env:HOLDFAST_TEST_ABSENT}',
    '--json',
  ];
  const { code, out } = await holdfast(words);
  assert.equal(code, 3, out);
  assert.equal(JSON.parse(out).status, 'invalid');
  assert.equal(JSON.parse(out).fault.code, 'PROBER_SECRET_MISSING');
});

test('validate lists every fault with its place and ends with 1', async () => {
  const file = join(folder.path, 'broken.yaml');
  writeFileSync(
    file,
    `checks:
  - name: shop
    type: htp
    target: http://127.0.0.1:1/
  - name: shop two
    type: http
    target: http://127.0.0.1:1/
    intervall: 5s
    timeout: soon
  - name: db
    type: tcp
    target: 127.0.0.1:99999
`,
  );
  const { code, out } = await holdfast(['validate', file]);
  assert.equal(code, 1);
  assert.match(out, /broken\.yaml:3:11: checks\[0\]\.type: .*http/);
  assert.match(out, /broken\.yaml:8:5: checks\[1\]\.intervall: .*interval/);
  assert.match(out, /broken\.yaml:9:14: checks\[1\]\.timeout: /);
  assert.match(out, /broken\.yaml:12:13: checks\[2\]\.target: /);

  const json = await holdfast(['validate', '--json', file]);
  assert.equal(json.code, 1);
  const { valid, problems } = JSON.parse(json.out);
  assert.equal(valid, false);
  assert.equal(problems[0].line, 3);
});

test('init writes a file that validates, and never overwrites', async () => {
  const written = await holdfast(['init'], { cwd: folder.path });
  assert.equal(written.code, 0, written.error);
  const valid = await holdfast(['validate'], { cwd: folder.path });
  assert.equal(valid.code, 0, valid.out);
  const again = await holdfast(['init'], { cwd: folder.path });
  assert.equal(again.code, 1);
  assert.match(again.error, /already exists/);
});

test('validate --schema prints a JSON Schema, and an absent file is told', async () => {
  const { code, out } = await holdfast(['validate', '--schema']);
  assert.equal(code, 0);
  assert.match(JSON.parse(out).$schema, /2020-12/);
  const absent = await holdfast(['validate', join(folder.path, 'absent.yaml')]);
  assert.equal(absent.code, 1);
  assert.match(absent.error, /CONFIG_NOT_FOUND/);
});

test('doctor looks at the machine', async () => {
  const words = [
    'doctor',
    '--json',
    '--listen',
    '127.0.0.1:0',
    '--data',
    join(folder.path, 'data'),
  ];
  const { code, out, error } = await holdfast(words);
  assert.equal(code, 0, out + error);
  const names = JSON.parse(out).findings.map((finding: { name: string }) => finding.name);
  assert.deepEqual(names, [
    'runtime',
    'kernel times',
    'open files',
    'clock',
    'time',
    'capabilities',
    'ping',
    'resolver',
    'ipv6',
    'data folder',
    'disk',
    'address',
    'configuration',
    'console',
  ]);
});

test('help fits a screen, for all commands and for each', async () => {
  for (const words of [
    ['--help'],
    ...['up', 'init', 'probe', 'validate', 'doctor', 'backup', 'restore', 'completion'].map(
      (name) => [name, '--help'],
    ),
  ]) {
    const { code, out } = await holdfast(words);
    assert.equal(code, 0);
    const lines = out.split('\n');
    assert.ok(lines.length <= 40, `${words.join(' ')} has ${lines.length} lines`);
    for (const line of lines) assert.ok(line.length <= 100, line);
    assert.match(out, /Examples:/);
  }
});

test('completion knows commands and options, in bash for real', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, out } = await holdfast(['completion', shell]);
    assert.equal(code, 0);
    assert.match(out, /include-tls-info/);
  }
  const script = (await holdfast(['completion', 'bash'])).out;
  const file = join(folder.path, 'completion.bash');
  const asked = 'COMP_WORDS=(holdfast probe --inc) COMP_CWORD=2; _holdfast; echo "${COMPREPLY[*]}"';
  writeFileSync(file, `${script}\n${asked}\n`);
  assert.equal(execFileSync('bash', [file], { encoding: 'utf8' }), '--include-tls-info\n');
  assert.equal((await holdfast(['completion', 'tcsh'])).code, 2);
});

test('every kind is asked from the command line, and says what it found', async () => {
  const port = new URL(target.url).port;
  const tls = await holdfast(['probe', 'tls', `127.0.0.1:${port}`, '--json']);
  assert.equal(tls.code, 1);
  assert.equal(JSON.parse(tls.out).fault.code, 'TLS_HANDSHAKE_FAILED');
  const grpc = await holdfast(['probe', 'grpc', `127.0.0.1:${port}`, '--timeout', '2s', '--json']);
  assert.equal(grpc.code, 1);
  assert.equal(JSON.parse(grpc.out).protocol, 'grpc');
  const words = [
    'probe',
    'dns',
    'shop.example',
    '--server',
    '127.0.0.1:1',
    '--timeout',
    '2s',
    '--json',
  ];
  const dns = await holdfast(words);
  assert.equal(dns.code, 1);
  assert.equal(JSON.parse(dns.out).fault.class, 'connect');
  // Without the right to ping it says so, and what gives it.
  const icmp = await holdfast(['probe', 'icmp', '127.0.0.1', '--packets', '2', '--json']);
  const { status, packets_received: received, fault } = JSON.parse(icmp.out);
  if (icmp.code === 0) assert.deepEqual([status, received], ['up', 2]);
  else assert.deepEqual([icmp.code, status, fault.class], [3, 'invalid', 'prober']);
});
