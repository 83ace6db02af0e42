// Whose fault it is that there is no way: each test runs its probes inside namespaces of its own.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ProbeResult } from '@holdfast/resources/result';
import { Namespace } from '../icmp/testdata/namespace.ts';
import { httpCheck, tcpCheck } from '../testing/checks.ts';
import type { ProbeProcessOrder } from '../testing/probe-process.ts';

const PROGRAM = fileURLToPath(new URL('../testing/probe-process.ts', import.meta.url));
const hindrance = Namespace.hindrance();
const made: Namespace[] = [];

function namespace(): Namespace {
  const one = new Namespace(`holdfast-way-${process.pid}-${made.length}`);
  made.push(one);
  return one;
}

async function results(inside: Namespace, order: ProbeProcessOrder): Promise<ProbeResult[]> {
  return (await inside.runNode(PROGRAM, order)) as ProbeResult[];
}

describe('ways in a namespace', { skip: hindrance ?? false }, () => {
  after(() => {
    for (const one of made) one.remove();
  });

  test('without a route of its own a result is invalid, over both versions', async () => {
    const checks = [
      tcpCheck('203.0.113.1', 80),
      tcpCheck('2001:db8::1', 80),
      httpCheck({ url: 'http://203.0.113.1/' }),
    ];
    for (const { status, fault, target } of await results(namespace(), { checks })) {
      assert.deepEqual([status, fault?.code], ['invalid', 'PROBER_NO_ROUTE'], target);
      assert.match(fault?.message ?? '', /this machine has no IPv[46] way there \(E\w+\)/);
    }
  });

  test('what the address that could be reached did goes before the lack of a way to another', async () => {
    const addresses = ['2001:db8::1', '127.0.0.1'];
    const [result] = await results(namespace(), { checks: [tcpCheck('shop.test', 9)], addresses });
    assert.deepEqual([result?.status, result?.fault?.code], ['down', 'CONNECT_REFUSED']);
    assert.match(result?.fault?.message ?? '', /no IPv6 way there/);
  });

  test('a network that a router calls unreachable is down', async () => {
    const [inside, router] = [namespace(), namespace()];
    inside.ip(`link add v0 type veth peer name v1 netns ${router.name}`);
    inside.ip('addr add 192.0.2.1/24 dev v0');
    inside.ip('link set v0 up');
    router.ip('addr add 192.0.2.2/24 dev v1');
    router.ip('link set v1 up');
    inside.ip('route add default via 192.0.2.2');
    router.sysctl('ipv4/ip_forward', '1');
    // A router without a route to where it is sent answers with "network unreachable".
    const [result] = await results(inside, { checks: [tcpCheck('203.0.113.1', 80)] });
    assert.deepEqual(
      [result?.status, result?.fault?.code],
      ['down', 'CONNECT_UNREACHABLE'],
      result?.fault?.message ?? '',
    );
    assert.match(result?.fault?.message ?? '', /no route to the network \(ENETUNREACH\)/);
  });
});
