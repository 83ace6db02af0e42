import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { fault, systemClock } from '@holdfast/kernel';
import type { IcmpSpec } from '@holdfast/resources/compiled-check';
import { createEgressGuard } from '../dial/egress-guard.ts';
import { createResolve, defaultLookup } from '../dial/resolve.ts';
import type { ProbeContext } from '../prober.ts';
import { RunSecrets } from '../secrets.ts';
import { openCLibrary, tryCLibrary } from './c-library.ts';
import { EchoSocket } from './echo-socket.ts';
import { createIcmpProber } from './icmp-prober.ts';
import { icmpSpec } from './testdata/specs.ts';

function hindrance(version: 4 | 6): string | undefined {
  if (tryCLibrary() === undefined) return 'ICMP is built for Linux on x64 and arm64';
  const opened = EchoSocket.open(openCLibrary(), version);
  if (!opened.ok)
    return `no ICMP socket for IPv${version} is permitted here: ${opened.error.message}`;
  opened.socket.close();
  return undefined;
}

function contextOf(signal = new AbortController().signal, deny: string[] = []): ProbeContext {
  const guard = createEgressGuard({ deny, allow: [] });
  return {
    clock: systemClock,
    signal,
    resolve: createResolve(defaultLookup, () => guard),
    dial: () => Promise.reject(new Error('ICMP dials nobody')),
    secrets: new RunSecrets({ environment: {}, readFile: () => '' }),
  };
}

describe('ICMP over loopback', { skip: hindrance(4) ?? false }, () => {
  const prober = createIcmpProber();
  after(() => prober.close());

  async function probe(spec: IcmpSpec, context = contextOf()) {
    await prober.prepare?.(spec);
    const observation = await prober.measure(spec, context);
    return { ...observation, ...prober.judge(observation, spec) };
  }

  test('three packets, each with its round trip by the kernel’s clock', async () => {
    const { status, detail, phases, context, totalMs } = await probe(
      icmpSpec('127.0.0.1', { packets: 3 }),
    );
    assert.deepEqual(
      [
        status,
        detail.packets_sent,
        detail.packets_received,
        detail.loss,
        detail.ttl,
        detail.ip_version,
      ],
      ['up', 3, 3, 0, 64, 4],
    );
    const replies = detail.replies as {
      sequence: number;
      rtt_ms: number;
      own_clock_rtt_ms: number;
      kernel: boolean;
    }[];
    assert.deepEqual(
      replies.map(({ sequence }) => sequence),
      [1, 2, 3],
    );
    for (const { rtt_ms, own_clock_rtt_ms, kernel } of replies) {
      assert.ok(kernel && rtt_ms > 0 && rtt_ms <= own_clock_rtt_ms + 0.2);
    }
    assert.deepEqual(
      phases.map(({ name }) => name),
      ['wait'],
    );
    assert.ok(totalMs >= 38 && (phases[0]?.durationMs ?? Infinity) <= totalMs);
    assert.deepEqual(
      [context.peerIp, context.ipVersion, context.addresses],
      ['127.0.0.1', 4, ['127.0.0.1']],
    );
  });

  test('over IPv6', { skip: hindrance(6) ?? false }, async () => {
    const { status, detail } = await probe(icmpSpec('::1', { packets: 2 }));
    assert.deepEqual([status, detail.ip_version, detail.ttl, detail.loss], ['up', 6, 64, 0]);
  });

  test('a name is resolved first, and the egress policy is asked', async () => {
    const { status, phases } = await probe(icmpSpec('localhost', { ip: '4' }));
    assert.deepEqual([status, phases.map(({ name }) => name)], ['up', ['resolve', 'wait']]);
    const denied = await probe(icmpSpec('127.0.0.1'), contextOf(undefined, ['127.0.0.0/8']));
    assert.deepEqual([denied.status, denied.fault?.code], ['invalid', 'PROBER_EGRESS_DENIED']);
    assert.deepEqual([denied.phases, denied.detail], [[], {}]);
  });

  test('payloads from the smallest to the largest come back', async () => {
    for (const payloadBytes of [0, 16, 1472, 2033, 9000, 65_507]) {
      const { status } = await probe(icmpSpec('127.0.0.1', { payloadBytes }));
      assert.equal(status, 'up', `${payloadBytes} bytes`);
    }
  });

  test('many probes share the sockets, and each gets its own replies', async () => {
    const hosts = Array.from({ length: 200 }, (_, at) => `127.0.1.${at + 1}`);
    const results = await Promise.all(hosts.map((host) => probe(icmpSpec(host, { packets: 2 }))));
    assert.deepEqual(
      results.filter(({ status }) => status !== 'up'),
      [],
    );
    assert.deepEqual(
      results.map(({ detail }) => detail.ip),
      hosts,
    );
  });

  test('a probe that begins while the prober closes has sockets of its own', async () => {
    await probe(icmpSpec('127.0.0.1'));
    const closing = prober.close();
    const { status, fault: found } = await probe(icmpSpec('127.0.0.1'));
    await closing;
    assert.equal(status, 'up', found?.message ?? '');
  });

  test('two probers side by side do not take each other’s replies', async () => {
    const other = createIcmpProber();
    const spec = icmpSpec('127.0.0.1', { packets: 5, packetIntervalMs: 5 });
    const both = await Promise.all([prober, other].map((one) => one.measure(spec, contextOf())));
    await other.close();
    assert.deepEqual(
      both.map(({ detail }) => detail.packets_received),
      [5, 5],
    );
  });

  test('called off between packets, it ends at once and tells what it knows', async () => {
    const controller = new AbortController();
    const spec = icmpSpec('127.0.0.1', { packets: 100, packetIntervalMs: 60_000 });
    const running = probe(spec, contextOf(controller.signal));
    systemClock.after(50, () => controller.abort(fault('TIMEOUT', 'The deadline passed.')));
    const { status, fault: found, detail, totalMs } = await running;
    assert.deepEqual([status, found?.phase, detail.packets_sent], ['timeout', 'wait', 1]);
    assert.ok(totalMs < 5000);
    const before = await probe(spec, contextOf(AbortSignal.abort()));
    assert.deepEqual([before.status, before.phases], ['invalid', []]);
  });

  test('closing ends what runs, and a later probe starts anew', async () => {
    const other = createIcmpProber();
    const running = other.measure(
      icmpSpec('127.0.0.1', { packets: 2, packetIntervalMs: 60_000 }),
      contextOf(),
    );
    await new Promise((resolve) => systemClock.after(50, () => resolve(undefined)));
    const waiting = other.close();
    assert.equal((await running).fault?.code, 'PROBER_FAILED');
    await waiting;
    const again = await other.measure(icmpSpec('127.0.0.1'), contextOf());
    assert.equal(again.detail.packets_received, 1);
    await other.close();
  });
});
