// The way from the root to an answer, over servers of the test's own on one port of several loopback
// addresses: 127.0.0.1 serves the root, .2 and .3 the zone test., .4 the zone a.test.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '@holdfast/kernel';
import packet, { type Answer, type DecodedPacket } from 'dns-packet';
import type { ResolutionChain } from './chain-step.ts';
import { type ChainQuestion, traceResolution } from './resolution-chain.ts';
import { type AskOptions, ask, contextFor } from './testing/dns-checks.ts';
import { type DnsServer, dnsServer, type Replies, reply } from './testing/dns-server.ts';

const ROOT = '127.0.0.1';
const TEST_1 = '127.0.0.2';
const TEST_2 = '127.0.0.3';
const ZONE = '127.0.0.4';
/** Another process may hold the port at one of the addresses. */
const PORT_TRIES = 20;

interface Delegation {
  zone: string;
  servers: Record<string, string | undefined>;
}

/** Names of servers with their glue; undefined = without. */
function refer({ zone, servers }: Delegation, query: DecodedPacket): Buffer {
  const authorities = Object.keys(servers).map(
    (data): Answer => ({ type: 'NS', name: zone, data }),
  );
  const additionals = Object.entries(servers).flatMap(([name, data]): Answer[] =>
    data === undefined ? [] : [{ type: 'A', name, data }],
  );
  return reply(query, { authorities, additionals, flags: 0 });
}

function answerWith(query: DecodedPacket, answers: Answer[], rcode = 0): Buffer {
  return reply(query, { answers, rcode, flags: packet.AUTHORITATIVE_ANSWER });
}

const toTest: Replies = (query) =>
  refer({ zone: 'test', servers: { 'ns1.test': TEST_1, 'ns2.test': TEST_2 } }, query);
const toZone: Replies = (query) => refer({ zone: 'a.test', servers: { 'ns.a.test': ZONE } }, query);
const zone: Replies = (query) => {
  const name = query.questions?.[0]?.name ?? '';
  if (name === 'www.a.test') return answerWith(query, [{ type: 'A', name, data: '192.0.2.1' }]);
  if (name === 'alias.a.test') {
    return answerWith(query, [{ type: 'CNAME', name, data: 'www.a.test' }]);
  }
  if (name === 'circle.a.test')
    return answerWith(query, [{ type: 'CNAME', name, data: 'b.a.test' }]);
  if (name === 'b.a.test') {
    return answerWith(query, [{ type: 'CNAME', name, data: 'Circle.a.test' }]);
  }
  return answerWith(query, [], 3);
};
const silent: Replies = () => undefined;
const WORLD = { [ROOT]: toTest, [TEST_1]: toZone, [TEST_2]: toZone, [ZONE]: zone };

async function trace(
  wish: Partial<ChainQuestion>,
  world: Partial<typeof WORLD> = {},
  options: AskOptions & { serverTimeoutMs?: number } = {},
): Promise<ResolutionChain & { servers: DnsServer[] }> {
  const servers = await serversOf({ ...WORLD, ...world });
  const { context, end } = contextFor(options);
  const roots = [{ name: 'root.test.', addresses: [ROOT] }];
  const question: ChainQuestion = { name: 'www.a.test', recordType: 'A', roots, ...wish };
  const { serverTimeoutMs = 5000 } = options;
  const port = servers[0]?.port ?? 0;
  try {
    const chain = await traceResolution(question, context, { port, serverTimeoutMs });
    return { ...chain, servers };
  } finally {
    end();
    for (const server of servers) await server.close();
  }
}

async function serversOf(world: Record<string, Replies>): Promise<DnsServer[]> {
  for (let tried = 1; ; tried += 1) {
    const servers: DnsServer[] = [];
    try {
      for (const [host, replies] of Object.entries(world)) {
        const port = servers[0]?.port;
        servers.push(await dnsServer(replies, port === undefined ? { host } : { host, port }));
      }
      return servers;
    } catch (error) {
      for (const server of servers) await server.close();
      if (tried === PORT_TRIES) throw error;
    }
  }
}

const led = ({ steps }: ResolutionChain) =>
  steps.map((step) => [
    step.zone,
    step.server,
    step.referral?.zone ?? step.alias ?? step.fault?.code ?? step.rcode,
  ]);

test('from the root by way of each delegation to the answer', async () => {
  const chain = await trace({});
  assert.deepEqual(led(chain), [
    ['.', 'root.test.', 'test.'],
    ['test.', 'ns1.test.', 'a.test.'],
    ['a.test.', 'ns.a.test.', 'NOERROR'],
  ]);
  const { records, rcode, fault: failure, steps, servers } = chain;
  assert.deepEqual(
    [records, rcode, failure],
    [['www.a.test. 0 IN A 192.0.2.1'], 'NOERROR', undefined],
  );
  assert.deepEqual(
    steps.map(({ address, authoritative }) => [address, authoritative]),
    [ROOT, TEST_1, ZONE].map((ip) => [`${ip}:${servers[0]?.port}`, ip === ZONE]),
  );
  assert.deepEqual(steps[0]?.referral, { zone: 'test.', servers: ['ns1.test.', 'ns2.test.'] });
  for (const { ms } of steps) assert.ok(ms > 0 && ms < 5000);
  for (const { asked } of servers) assert.ok(asked.every(({ query }) => !query.flag_rd));
});

test('a name that does not exist is an answer', async () => {
  const { rcode, records, fault: failure } = await trace({ name: 'no.a.test' });
  assert.deepEqual([rcode, records, failure], ['NXDOMAIN', [], undefined]);
});

test('an alias is followed from the root again, a circle of aliases is told', async () => {
  const chain = await trace({ name: 'alias.a.test' });
  assert.deepEqual(
    [chain.records, chain.steps[2]?.alias, chain.steps[3]?.name, chain.steps.length],
    [['www.a.test. 0 IN A 192.0.2.1'], 'www.a.test.', 'www.a.test.', 6],
  );
  const circle = await trace({ name: 'circle.a.test' });
  assert.match(circle.fault?.message ?? '', /in a circle: Circle\.a\.test\. again/);
  assert.equal(circle.steps.length, 6);
});

test('an alias to what cannot be asked for is told', async () => {
  const odd: Replies = (query) =>
    answerWith(query, [{ type: 'CNAME', name: 'www.a.test', data: 'a b.test' }]);
  const { fault: failure } = await trace({}, { [ZONE]: odd });
  assert.match(failure?.message ?? '', /leads to a\\032b\.test\., which cannot be asked for/);
});

test('a server without glue is looked up', async () => {
  const bare: Replies = (query) =>
    refer({ zone: 'a.test', servers: { 'ns.b.test': undefined } }, query);
  const names: string[] = [];
  const lookup = async (name: string) => {
    names.push(name);
    return [{ ip: ZONE, version: 4 as const }];
  };
  const { rcode } = await trace({}, { [TEST_1]: bare }, { lookup });
  assert.deepEqual([rcode, names], ['NOERROR', ['ns.b.test']]);
});

const USELESS: Record<string, Replies> = {
  'that fails': (query) => reply(query, { rcode: 2 }),
  'that refuses': (query) => reply(query, { rcode: 5 }),
  'that refers back to the root': (query) => refer({ zone: '.', servers: { a: ROOT } }, query),
  'that refers to its own zone': (query) => refer({ zone: 'test', servers: { a: TEST_1 } }, query),
  'that refers to a zone beside': (query) => refer({ zone: 'b.test', servers: { a: ZONE } }, query),
  'that says nothing of use': (query) => reply(query, { flags: 0 }),
};

for (const [what, replies] of Object.entries(USELESS)) {
  test(`after a server ${what} the next is asked`, async () => {
    const chain = await trace({}, { [TEST_1]: replies });
    assert.deepEqual(led(chain), [
      ['.', 'root.test.', 'test.'],
      ['test.', 'ns1.test.', 'NAME_DELEGATION_BROKEN'],
      ['test.', 'ns2.test.', 'a.test.'],
      ['a.test.', 'ns.a.test.', 'NOERROR'],
    ]);
    const { fault: failure, steps } = await trace({}, { [TEST_1]: replies, [TEST_2]: replies });
    assert.deepEqual([failure?.code, steps.length], ['NAME_DELEGATION_BROKEN', 3]);
    assert.match(failure?.message ?? '', /^ns2\.test\. /);
  });
}

test('a server that is silent has its time, then the next is asked', async () => {
  const chain = await trace({}, { [TEST_1]: silent }, { serverTimeoutMs: 500 });
  assert.deepEqual([chain.rcode, chain.steps[1]?.fault?.code], ['NOERROR', 'TIMEOUT']);
  assert.ok((chain.steps[1]?.ms ?? 0) > 450);
});

test('delegations without end are left after sixteen', async () => {
  const labels = Array.from({ length: 30 }, (_, at) => `l${at}`);
  const name = labels.join('.');
  let asked = 0;
  const deeper: Replies = (query) => {
    asked += 1;
    return refer({ zone: labels.slice(-asked).join('.'), servers: { 'ns.test': ROOT } }, query);
  };
  const { fault: failure, steps } = await trace({ name }, { [ROOT]: deeper });
  assert.deepEqual([failure?.code, steps.length, asked], ['PROTOCOL_LIMIT_EXCEEDED', 16, 16]);
});

test('a referral that is cut is asked for again over TCP', async () => {
  const cut: Replies = (query, via) =>
    via === 'tcp' ? toZone(query, via) : reply(query, { flags: packet.TRUNCATED_RESPONSE });
  assert.equal((await trace({}, { [TEST_1]: cut })).rcode, 'NOERROR');
});

test('the egress policy holds for glue', async () => {
  const egress = { deny: [`${ZONE}/32`], allow: [] };
  const { fault: failure, servers } = await trace({}, {}, { egress });
  assert.equal(failure?.code, 'PROBER_EGRESS_DENIED');
  assert.equal(servers.at(-1)?.asked.length, 0);
});

test('the deadline ends the whole', async () => {
  const controller = new AbortController();
  const late: Replies = () => {
    controller.abort(fault('TIMEOUT', 'The deadline passed.'));
    return undefined;
  };
  const { signal } = controller;
  const { fault: failure, steps } = await trace({}, { [TEST_1]: late }, { signal });
  assert.deepEqual([failure?.code, steps.length], ['TIMEOUT', 2]);
});

test('no timer is left behind', async () => {
  const before = timers();
  await trace({});
  assert.equal(timers(), before);
});

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

test('what cannot be a name is told', async () => {
  const { fault: failure, steps } = await trace({ name: 'a..b' });
  assert.deepEqual([failure?.code, steps.length], ['PROBER_INVALID_CHECK', 0]);
  assert.match((await trace({ roots: [] })).fault?.message ?? '', /names no server/);
});

test('as a check: the last answer is judged, each step is a hop and a row of the detail', async () => {
  const servers = await serversOf(WORLD);
  const roots = [{ name: 'root.test.', ip: ROOT, port: servers[0]?.port ?? 0 }];
  try {
    const { judgement, detail, phases } = await ask({ name: 'www.a.test', trace: true, roots });
    assert.equal(judgement.fault, undefined);
    assert.deepEqual(detail.records, ['www.a.test. 0 IN A 192.0.2.1']);
    const rows = detail.resolution_chain as Record<string, unknown>[];
    const shown = rows.map(({ zone, server, ip, transport, rcode, kind }) =>
      [zone, server, ip, transport, rcode, kind].join(' '),
    );
    assert.deepEqual(shown, [
      '. root.test. 127.0.0.1 udp NOERROR referral',
      'test. ns1.test. 127.0.0.2 udp NOERROR referral',
      'a.test. ns.a.test. 127.0.0.4 udp NOERROR answer',
    ]);
    assert.deepEqual(
      phases.map(({ name, hop }) => [name, hop]),
      [0, 1, 2].map((hop) => ['wait', hop]),
    );
    const alias = await ask({ name: 'alias.a.test', trace: true, roots });
    assert.deepEqual(alias.detail.records, [
      'alias.a.test. 0 IN CNAME www.a.test.',
      'www.a.test. 0 IN A 192.0.2.1',
    ]);
    const circle = await ask({ name: 'circle.a.test', trace: true, roots });
    assert.equal(circle.judgement.fault?.code, 'NAME_DELEGATION_BROKEN');
    assert.match(
      circle.judgement.fault?.message ?? '',
      /^Step \d, in zone a\.test\. at ns\.a\.test\.:/,
    );
  } finally {
    for (const server of servers) await server.close();
  }
});
