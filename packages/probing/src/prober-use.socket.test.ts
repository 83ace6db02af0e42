// What probers keep between runs ends with the last runner that used them, and begins anew with the next.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openCLibrary, tryCLibrary } from './icmp/c-library.ts';
import { EchoSocket } from './icmp/echo-socket.ts';
import { icmpSpec } from './icmp/testdata/specs.ts';
import { createProbeRunner } from './probe-runner.ts';
import type { Prober } from './prober.ts';
import { ProberUse } from './prober-use.ts';
import { PLAN, RUNNER_OPTIONS, tcpCheck } from './testing/checks.ts';
import { until } from './testing/condition.ts';

function hindrance(): string | false {
  if (tryCLibrary() === undefined) return 'ICMP is built for Linux on x64 and arm64';
  const opened = EchoSocket.open(openCLibrary(), 4);
  if (!opened.ok) return `no ICMP socket is permitted here: ${opened.error.message}`;
  opened.socket.close();
  return false;
}

/** Threads of this process by the name of the receiver; the kernel cuts names to 15 characters. */
function receivers(): number {
  const names = readdirSync('/proc/self/task').map((id) => {
    try {
      return readFileSync(`/proc/self/task/${id}/comm`, 'utf8').trim();
    } catch {
      return '';
    }
  });
  return names.filter((name) => 'icmp-receiver'.startsWith(name) && name.length > 4).length;
}

test('the last runner ends the receiver of ICMP, a later one starts it', {
  skip: hindrance(),
}, async () => {
  const check = { ...tcpCheck('127.0.0.1', 1), spec: icmpSpec('127.0.0.1') };
  const [first, second] = [createProbeRunner(RUNNER_OPTIONS), createProbeRunner(RUNNER_OPTIONS)];
  for (const runner of [first, second]) {
    assert.equal((await runner.run(check, PLAN)).status, 'up');
  }
  assert.equal(receivers(), 1);
  await first.close();
  assert.equal((await second.run(check, PLAN)).status, 'up', 'the other goes on');
  assert.equal(receivers(), 1);
  await second.close();
  await until(() => receivers() === 0);
  const later = createProbeRunner(RUNNER_OPTIONS);
  assert.equal((await later.run(check, PLAN)).status, 'up');
  // Closed while the one after it begins.
  const closing = later.close();
  const last = createProbeRunner(RUNNER_OPTIONS);
  const result = await last.run(check, PLAN);
  await closing;
  assert.equal(result.status, 'up', result.fault?.message ?? '');
  await last.close();
  await until(() => receivers() === 0);
});

test('each prober is closed once, by the last that used it', async () => {
  let closed = 0;
  const close = async () => {
    closed += 1;
  };
  const prober = { close } as unknown as Prober;
  const [one, two] = [new ProberUse(), new ProberUse()];
  one.note(prober);
  one.note(prober);
  two.note(prober);
  await one.close();
  await one.close();
  assert.equal(closed, 0);
  await two.close();
  assert.equal(closed, 1);
  one.note(prober);
  await one.close();
  assert.equal(closed, 2);
});
