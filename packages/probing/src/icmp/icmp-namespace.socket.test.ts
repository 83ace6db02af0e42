// Ping sockets, missing permissions, silence and errors of routers need a network that is set up for
// them: each test runs its probes inside namespaces of its own.

import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { EchoDetail } from './echo-detail.ts';
import { Namespace, type ProbeAnswer } from './testdata/namespace.ts';
import { icmpSpec } from './testdata/specs.ts';

const PING_GROUP_RANGE = 'ipv4/ping_group_range';
const ALL_GROUPS = '0 2147483647';
const NO_GROUP = '1 0';
const hindrance = Namespace.hindrance();
const made: Namespace[] = [];
/** Where the router would send on, where it turns back, and its own address. */
const FAR = [
  ['198.51.100.1', '203.0.113.1', '192.0.2.2'],
  ['2001:db8:3::1', '2001:db8:2::1', '2001:db8:1::2'],
] as const;

function namespace(pingGroups: string, suffix = ''): Namespace {
  const one = new Namespace(`holdfast-${process.pid}-${made.length}${suffix}`);
  made.push(one);
  one.sysctl(PING_GROUP_RANGE, pingGroups);
  return one;
}

function facts({ observation, judgement }: ProbeAnswer) {
  const detail = observation.detail as Partial<EchoDetail>;
  return { ...detail, status: judgement.status, code: judgement.fault?.code, judgement };
}

describe('ICMP in a namespace', { skip: hindrance ?? false }, () => {
  after(() => {
    for (const one of made) one.remove();
  });

  test('a ping socket, without any privilege, over both versions', async () => {
    const inside = namespace(ALL_GROUPS);
    for (const [host, version] of [
      ['127.0.0.1', 4],
      ['::1', 6],
    ] as const) {
      const spec = icmpSpec(host, { packets: 3 });
      const answer = await inside.probe({ spec, timeoutMs: 5000, unprivileged: true });
      const { status, socket, ip_version, packets_received, ttl, replies } = facts(answer);
      assert.deepEqual(
        [status, socket, ip_version, packets_received, ttl],
        ['up', 'ping', version, 3, 64],
      );
      const kernels = (replies ?? []).map(({ kernel }) => kernel);
      assert.deepEqual(kernels, [true, true, true]);
    }
  });

  test('without a permission the result is invalid and names what is missing and the cure', async () => {
    const inside = namespace(NO_GROUP);
    const spec = icmpSpec('127.0.0.1');
    const answer = await inside.probe({ spec, timeoutMs: 5000, unprivileged: true });
    const { status, judgement } = facts(answer);
    const { message = '', cure = '' } = judgement.fault ?? {};
    assert.equal(status, 'invalid');
    assert.match(message, /ping_group_range is "1 0".*group 65534.*CAP_NET_RAW/);
    assert.match(cure, /sysctl -w net\.ipv4\.ping_group_range="0 2147483647"/);
    assert.ok(cure.includes(`setcap cap_net_raw+ep ${process.execPath}`));
    assert.deepEqual(answer.observation.phases, []);
  });

  test('without ping sockets a raw one does, given CAP_NET_RAW', async () => {
    const inside = namespace(NO_GROUP);
    for (const host of ['127.0.0.1', '::1']) {
      const answer = await inside.probe({ spec: icmpSpec(host), timeoutMs: 5000 });
      const { status, socket, ttl } = facts(answer);
      assert.deepEqual([status, socket, ttl], ['up', 'raw', 64]);
    }
  });

  test('a host that keeps silent: down within the wait, timeout at the deadline', async () => {
    const inside = namespace(ALL_GROUPS);
    connectTo(inside, namespace(ALL_GROUPS, 's'));
    // A neighbour with an address of its link that nobody has: frames for it are dropped.
    inside.ip('neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev v0');
    const spec = icmpSpec('192.0.2.9', { packets: 2 });
    const [waited, cut] = await Promise.all([
      inside.probe({ spec, timeoutMs: 20_000 }),
      inside.probe({ spec, timeoutMs: 300 }),
    ]);
    const { status, code, loss, packets_sent } = facts(waited);
    assert.deepEqual([status, code, loss, packets_sent], ['down', 'TIMEOUT', 1, 2]);
    assert.ok(waited.observation.totalMs < 10_000);
    assert.deepEqual(
      [facts(cut).status, facts(cut).code, facts(cut).loss],
      ['timeout', 'TIMEOUT', 1],
    );
    // The deadline runs a little before the measurement does.
    assert.ok(cut.observation.totalMs > 250);
  });

  test('no way there is told at once, before anything was sent', async () => {
    const inside = namespace(ALL_GROUPS);
    for (const host of ['203.0.113.1', '2001:db8::1']) {
      const answer = await inside.probe({ spec: icmpSpec(host), timeoutMs: 5000 });
      assert.deepEqual([facts(answer).status, facts(answer).code], ['down', 'CONNECT_UNREACHABLE']);
    }
  });

  test('a router’s error is told with its address, by ping and by raw sockets', async () => {
    const inside = namespace(ALL_GROUPS);
    const router = namespace(ALL_GROUPS, 'r');
    connectTo(inside, router);
    for (const groups of [ALL_GROUPS, NO_GROUP]) {
      inside.sysctl(PING_GROUP_RANGE, groups);
      const socket = groups === ALL_GROUPS ? 'ping' : 'raw';
      for (const [far, beyond, from] of FAR) {
        const spec = icmpSpec(far, { ttl: 1 });
        const cut = facts(await inside.probe({ spec, timeoutMs: 9000 }));
        assert.deepEqual(
          [cut.status, cut.code, cut.socket],
          ['down', 'CONNECT_UNREACHABLE', socket],
        );
        assert.match(cut.judgement.fault?.message ?? '', /the time to live ran out/);
        assert.equal(cut.icmp_error?.from, from);
        const turned = facts(await inside.probe({ spec: icmpSpec(beyond), timeoutMs: 9000 }));
        assert.equal(turned.code, 'CONNECT_UNREACHABLE');
        assert.match(turned.judgement.fault?.message ?? '', /unreachable|no route|not answer/);
        assert.equal(turned.icmp_error?.from, from);
      }
    }
  });
});

/** A pair of links, the router's side forwarding: some addresses back out, some turned back. */
function connectTo(inside: Namespace, router: Namespace): void {
  inside.ip(`link add v0 type veth peer name v1 netns ${router.name}`);
  for (const [one, link, host] of [
    [inside, 'v0', 1],
    [router, 'v1', 2],
  ] as const) {
    one.ip(`addr add 192.0.2.${host}/24 dev ${link}`);
    one.ip(`addr add 2001:db8:1::${host}/64 dev ${link} nodad`);
    one.ip(`link set ${link} up`);
  }
  inside.ip('route add default via 192.0.2.2');
  inside.ip('-6 route add default via 2001:db8:1::2');
  router.sysctl('ipv4/ip_forward', '1');
  router.sysctl('ipv6/conf/all/forwarding', '1');
  router.ip('route add 198.51.100.0/24 dev v1');
  router.ip('-6 route add 2001:db8:3::/64 dev v1');
  router.ip('route add unreachable 203.0.113.0/24');
  router.ip('-6 route add unreachable 2001:db8:2::/64');
}
