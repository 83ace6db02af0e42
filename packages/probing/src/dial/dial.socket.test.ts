// Dialling on real sockets: which address is tried when, what is told when none answers.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { systemClock } from '@holdfast/kernel';
import { openKernelSocket } from '../kernel-socket/kernel-socket.ts';
import type { Address, Connection, Outcome } from '../prober.ts';
import { deafPort } from '../testing/deaf-port.ts';
import { rawServer } from '../testing/raw-server.ts';
import { createDial } from './dial.ts';
import { createEgressGuard } from './egress-guard.ts';

function dial(ips: string[], port: number, deny: string[] = []): Promise<Outcome<Connection>> {
  const guard = createEgressGuard({ deny, allow: [] });
  const connect = createDial({
    clock: systemClock,
    guard: () => guard,
    kernel: openKernelSocket(),
  });
  const addresses = ips.map((ip): Address => ({ ip, version: ip.includes(':') ? 6 : 4 }));
  return connect(addresses, port, new AbortController().signal);
}

async function answered(ips: string[], port: number, deny?: string[]): Promise<Connection> {
  const outcome = await dial(ips, port, deny);
  assert.ok(outcome.ok, JSON.stringify(outcome));
  outcome.value.socket.destroy();
  return outcome.value;
}

test('the next address is tried as soon as one refuses', async () => {
  const server = await rawServer(() => {});
  const { address, connectMs } = await answered(
    ['127.0.0.9', '127.0.0.8', '127.0.0.1'],
    server.port,
  );
  await server.close();
  assert.equal(address.ip, '127.0.0.1');
  assert.ok(connectMs < 200);
});

test('an address that keeps silent gets a head start, no more', async () => {
  const server = await rawServer(() => {});
  const deaf = await deafPort('127.0.0.7', server.port);
  const { address, connectMs } = await answered(['127.0.0.7', '127.0.0.1'], server.port);
  await deaf.close();
  await server.close();
  assert.equal(address.ip, '127.0.0.1');
  assert.ok(connectMs >= 249, `connected after ${connectMs} ms`);
});

test('when none answers, the first failure is the fault and all are told', async () => {
  const server = await rawServer(() => {});
  await server.close();
  const outcome = await dial(['127.0.0.1', '127.0.0.2'], server.port);
  assert.ok(!outcome.ok);
  assert.equal(outcome.fault.code, 'CONNECT_REFUSED');
  assert.match(outcome.fault.message, /127\.0\.0\.1:\d+: .*127\.0\.0\.2:\d+: /);
});

test('a denied address is passed over', async () => {
  const server = await rawServer(() => {});
  const ips = ['127.0.0.2', '127.0.0.1'];
  const { address } = await answered(ips, server.port, ['127.0.0.2/32']);
  await server.close();
  assert.equal(address.ip, '127.0.0.1');
});

test('when nothing but denied addresses is left, no packet is sent', async () => {
  let connections = 0;
  const server = await rawServer(() => {
    connections += 1;
  });
  const outcome = await dial(['127.0.0.1'], server.port, ['127.0.0.0/8']);
  // Connections are accepted in order: had the first been made, this one would come second.
  await answered(['127.0.0.1'], server.port);
  await server.close();
  assert.ok(!outcome.ok && outcome.fault.code === 'PROBER_EGRESS_DENIED');
  assert.equal(connections <= 1, true);
});

test('no address at all is a fault, not a hang', async () => {
  const outcome = await dial([], 80);
  assert.ok(!outcome.ok && outcome.fault.code === 'PROBER_FAILED');
});

test('bytes that come right after the connection are not lost', async () => {
  const server = await rawServer((socket) => socket.write('hello'));
  const outcome = await dial(['127.0.0.1'], server.port);
  assert.ok(outcome.ok);
  const { value } = outcome;
  const text = await new Promise<string>((resolve) => {
    value.receive = (bytes) => resolve(bytes.toString());
  });
  value.socket.destroy();
  await server.close();
  assert.equal(text, 'hello');
});

test('the kernel tells of the handshake where it can be asked', {
  skip: process.platform !== 'linux',
}, async () => {
  const server = await rawServer(() => {});
  const { kernel, connectMs } = await answered(['127.0.0.1'], server.port);
  await server.close();
  assert.ok(kernel !== undefined);
  assert.ok(kernel.handshakeMs > 0 && kernel.handshakeMs <= connectMs, JSON.stringify(kernel));
  assert.ok(kernel.rttVarianceMs > 0 && kernel.mssBytes > 500 && kernel.mssBytes < 70_000);
  assert.equal(kernel.retransmits, 0);
});

/** Takes every descriptor that the limit allows, then dials. */
const STARVED = `
  const { openSync } = await import('node:fs');
  const { createDial } = await import('./dial.ts');
  const clock = { nowMs: () => 0, wallMs: () => 0, after: () => ({ cancel() {} }) };
  const parts = { clock, guard: () => ({ allows: () => true }), kernel: { facts: () => undefined } };
  const dial = createDial(parts);
  try { for (;;) openSync('/dev/null'); } catch {}
  const outcome = await dial([{ ip: '127.0.0.1', version: 4 }], 9, new AbortController().signal);
  process.stdout.write(outcome.fault.code);
`;

test('no descriptor left is our own fault', { skip: process.platform === 'win32' }, async () => {
  const command = `ulimit -n 200 && exec "$0" --disable-warning=ExperimentalWarning --input-type=module-typescript --eval "$1"`;
  const child = spawn('sh', ['-c', command, process.execPath, STARVED], {
    cwd: import.meta.dirname,
  });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => (output += bytes));
  child.stderr.on('data', (bytes: Buffer) => (output += bytes));
  await once(child, 'close');
  assert.equal(output, 'PROBER_OUT_OF_DESCRIPTORS');
});
