import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DnsRecordType } from '@holdfast/resources/compiled-check';
import packet, { type Answer, type DecodedPacket } from 'dns-packet';
import { ask } from './testing/dns-checks.ts';
import { type DnsServer, dnsServer, type Replies, reply } from './testing/dns-server.ts';

const NAME = 'example.test';
const RECORDS: Record<DnsRecordType, { answer: Answer; line: string }> = {
  A: line({ type: 'A', name: NAME, ttl: 60, data: '192.0.2.1' }, '192.0.2.1'),
  AAAA: line(
    { type: 'AAAA', name: NAME, ttl: 60, data: '2001:db8:0:1:0:0:0:1' },
    '2001:db8:0:1::1',
  ),
  CNAME: line({ type: 'CNAME', name: NAME, ttl: 60, data: 'www.a.test' }, 'www.a.test.'),
  MX: line(
    { type: 'MX', name: NAME, ttl: 60, data: { preference: 10, exchange: 'mx.a.test' } },
    '10 mx.a.test.',
  ),
  NS: line({ type: 'NS', name: NAME, ttl: 60, data: 'ns.a.test' }, 'ns.a.test.'),
  TXT: line(
    { type: 'TXT', name: NAME, ttl: 60, data: ['v=spf1 -all', 'a"b\\c\u00e9'] },
    '"v=spf1 -all" "a\\"b\\\\c\\195\\169"',
  ),
  SOA: line(
    {
      type: 'SOA',
      name: NAME,
      ttl: 60,
      data: {
        mname: 'ns.a.test',
        rname: 'jo\\.do.a.test',
        serial: 4_000_000_000,
        refresh: 2,
        retry: 3,
        expire: 4,
        minimum: 5,
      },
    },
    'ns.a.test. jo\\.do.a.test. 4000000000 2 3 4 5',
  ),
  SRV: line(
    {
      type: 'SRV',
      name: NAME,
      ttl: 60,
      data: { priority: 1, weight: 2, port: 443, target: 'b.test' },
    },
    '1 2 443 b.test.',
  ),
  PTR: line({ type: 'PTR', name: NAME, ttl: 60, data: 'host.a.test' }, 'host.a.test.'),
  CAA: line(
    { type: 'CAA', name: NAME, ttl: 60, data: { flags: 128, tag: 'issue', value: 'ca.test; x=1' } },
    '128 issue "ca.test; x=1"',
  ),
};

function line(answer: Answer, data: string): { answer: Answer; line: string } {
  return { answer, line: `${NAME}. 60 IN ${answer.type} ${data}` };
}

/** A server for the length of one test. */
async function withServer<T>(replies: Replies, use: (server: DnsServer) => Promise<T>): Promise<T> {
  const server = await dnsServer(replies);
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

const answerA = (query: DecodedPacket) => reply(query, { answers: [RECORDS.A.answer] });

for (const recordType of Object.keys(RECORDS) as DnsRecordType[]) {
  for (const transport of ['udp', 'tcp'] as const) {
    test(`a record of type ${recordType} over ${transport}`, async () => {
      const { answer, line } = RECORDS[recordType];
      const replies: Replies = (query) => reply(query, { answers: [answer] });
      await withServer(replies, async (server) => {
        const { judgement, detail } = await ask({ server, recordType, transport });
        assert.deepEqual(judgement, { status: 'up' });
        assert.deepEqual([detail.records, detail.rcode], [[line], 'NOERROR']);
        const [asked] = server.asked;
        assert.deepEqual(asked?.query.questions, [{ name: NAME, type: recordType, class: 'IN' }]);
        assert.equal(asked?.via, transport);
      });
    });
  }
}

test('the facts of a measurement over UDP', async () => {
  const replies: Replies = (query) =>
    reply(query, {
      answers: [RECORDS.A.answer],
      authorities: [RECORDS.NS.answer],
      additionals: [{ type: 'A', name: 'ns.a.test', data: '192.0.2.9' }],
      flags: packet.AUTHORITATIVE_ANSWER,
    });
  await withServer(replies, async (server) => {
    const { detail, phases, context, totalMs } = await ask({ server });
    const { query_time, ...others } = detail;
    assert.deepEqual(others, {
      server: `127.0.0.1:${server.port}`,
      transport: 'udp',
      tries: 1,
      truncated: false,
      rcode: 'NOERROR',
      authoritative: true,
      recursion_available: false,
      edns: false,
      answer_count: 1,
      authority_count: 1,
      additional_count: 1,
      records: [RECORDS.A.line],
    });
    assert.ok(typeof query_time === 'number' && query_time > 0 && query_time <= totalMs);
    assert.deepEqual(
      phases.map(({ name }) => name),
      ['wait'],
    );
    assert.deepEqual(context, {
      addresses: ['127.0.0.1'],
      peerIp: '127.0.0.1',
      peerPort: server.port,
      ipVersion: 4,
      sourceIp: '127.0.0.1',
    });
    const [asked] = server.asked;
    assert.equal(asked?.query.flag_rd, true);
    const [opt] = asked?.query.additionals ?? [];
    assert.ok(opt?.type === 'OPT' && opt.udpPayloadSize === 1232);
  });
});

test('recursion that is not wanted is not asked for, and OPT is no record', async () => {
  const opt = { type: 'OPT', name: '.', udpPayloadSize: 1232, extendedRcode: 1, options: [] };
  const replies: Replies = (query) => reply(query, { additionals: [opt as unknown as Answer] });
  await withServer(replies, async (server) => {
    const { detail, judgement } = await ask({ server, recursion: false });
    assert.equal(server.asked[0]?.query.flag_rd, false);
    assert.deepEqual([detail.additional_count, detail.rcode, detail.edns], [0, 'BADVERS', true]);
    assert.equal(judgement.fault?.class, 'assertion');
  });
});

for (const [rcode, name, faultClass] of [
  [1, 'FORMERR', 'assertion'],
  [2, 'SERVFAIL', 'server'],
  [3, 'NXDOMAIN', 'assertion'],
  [5, 'REFUSED', 'refusal'],
] as const) {
  test(`${name} is down unless it is expected`, async () => {
    await withServer(
      (query) => reply(query, { rcode, questions: rcode === 1 ? [] : (query.questions ?? []) }),
      async (server) => {
        const down = await ask({ server });
        assert.deepEqual([down.judgement.status, down.detail.rcode], ['down', name]);
        assert.deepEqual(
          [down.judgement.fault?.class, down.judgement.fault?.message],
          [faultClass, `The response code is ${name}, wanted NOERROR.`],
        );
        const wanted = await ask({ server, expect: { rcodes: ['NOERROR', name.toLowerCase()] } });
        assert.equal(wanted.judgement.status, 'up');
      },
    );
  });
}

test('a server that does not understand EDNS is asked again without it', async () => {
  const old: Replies = (query) =>
    query.additionals?.length ? reply(query, { rcode: 1, questions: [] }) : answerA(query);
  await withServer(old, async (server) => {
    for (const transport of ['udp', 'tcp'] as const) {
      const { judgement, detail } = await ask({ server, transport });
      assert.deepEqual([judgement.status, detail.tries, detail.edns], ['up', 2, false]);
    }
  });
});

test('sections are held to counts and patterns', async () => {
  const two: Answer = { type: 'A', name: NAME, ttl: 5, data: '192.0.2.2' };
  const replies: Replies = (query) =>
    reply(query, { answers: [RECORDS.A.answer, two], authorities: [RECORDS.NS.answer] });
  const one = (section: object) => ({ matches: [], notMatches: [], ...section });
  await withServer(replies, async (server) => {
    const verdict = async (expect: Parameters<typeof ask>[0]['expect']) => {
      const { judgement } = await ask({ server, ...(expect && { expect }) });
      return judgement.fault?.message ?? judgement.status;
    };
    const good = one({ countMin: 2, matches: ['192\\.0\\.2\\.2$', '^example\\.test\\. 60 IN A'] });
    assert.equal(await verdict({ answer: good, authority: one({ countMin: 1 }) }), 'up');
    assert.equal(
      await verdict({ answer: one({ countMin: 3 }) }),
      'The answer section has 2 records, wanted 3.',
    );
    assert.equal(
      await verdict({ authority: one({ matches: ['IN NS ns\\.a', 'IN NS ns\\.b'] }) }),
      'The authority section has no record that matches "IN NS ns\\.b".',
    );
    assert.equal(
      await verdict({ answer: one({ notMatches: ['2\\.2$'] }) }),
      'The answer section has a record that matches "2\\.2$", which it must not.',
    );
    assert.equal(
      await verdict({ additional: one({ countMin: 1 }) }),
      'The additional section has 0 records, wanted 1.',
    );
  });
});

test('rules see the facts', async () => {
  await withServer(answerA, async (server) => {
    const holding = [
      'detail.answer_count + 1 == 2.0 && detail.rcode == "NOERROR" && !detail.truncated',
      'detail.records.exists(record, record.matches("192[.]0[.]2[.]1$"))',
      'target == "example.test" && total_ms >= detail.query_time && phases["wait"] > 0.0',
    ];
    assert.equal((await ask({ server, expect: { that: holding } })).judgement.status, 'up');
    const { judgement } = await ask({ server, expect: { that: ['detail.answer_count > 1'] } });
    assert.equal(judgement.fault?.code, 'ASSERTION_RULE');
    await assert.rejects(ask({ server, expect: { that: ['detail ==='] } }), /not valid/);
  });
});

test('an address is turned into its name for PTR, and a name of other letters into ASCII', async () => {
  await withServer(
    (query) => reply(query),
    async (server) => {
      await ask({ server, name: '192.0.2.7', recordType: 'PTR' });
      await ask({ server, name: '2001:db8::1', recordType: 'PTR' });
      await ask({ server, name: 'bücher.test.' });
      await ask({ server, name: '.', recordType: 'NS' });
      assert.deepEqual(
        server.asked.map(({ query }) => query.questions?.[0]?.name),
        [
          '7.2.0.192.in-addr.arpa',
          `1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`,
          'xn--bcher-kva.test',
          '.',
        ],
      );
    },
  );
});

test('without a server the first of the machine is asked, over IPv6 too', async () => {
  const server = await dnsServer(answerA, { host: '::1' });
  const servers = () => ['nonsense', `[::1]:${server.port}`];
  const { judgement, detail, context } = await ask({}, { parts: { servers } });
  await server.close();
  assert.equal(judgement.status, 'up');
  assert.deepEqual([detail.server, context.ipVersion], [`[::1]:${server.port}`, 6]);
  const { fault } = await ask({}, { parts: { servers: () => [] } });
  assert.equal(fault?.code, 'PROBER_INVALID_CHECK');
});

test('a name that cannot be asked for is told, and nothing is sent', async () => {
  await withServer(answerA, async (server) => {
    for (const name of ['', 'a..b', `${'x'.repeat(64)}.test`, 'a\\.b', `${'x.'.repeat(130)}t`]) {
      const { judgement } = await ask({ server, name });
      assert.deepEqual(
        [judgement.status, judgement.fault?.code],
        ['invalid', 'PROBER_INVALID_CHECK'],
        name,
      );
    }
    assert.equal(server.asked.length, 0);
  });
});

test('the egress policy is asked for names and for addresses', async () => {
  await withServer(answerA, async ({ port, asked }) => {
    const options = { egress: { deny: ['127.0.0.0/8', '::1/128'], allow: [] } };
    for (const host of ['127.0.0.1', 'localhost']) {
      for (const transport of ['udp', 'tcp'] as const) {
        const { judgement } = await ask({ server: { host, port }, transport }, options);
        assert.deepEqual(
          [judgement.status, judgement.fault?.code],
          ['invalid', 'PROBER_EGRESS_DENIED'],
        );
      }
    }
    assert.equal(asked.length, 0);
  });
});

test('a server by name is resolved first, and a name without address is told', async () => {
  await withServer(answerA, async ({ port }) => {
    const lookup = async () => [{ ip: '127.0.0.1', version: 4 as const }];
    const { phases, judgement } = await ask({ server: { host: 'ns.test', port } }, { lookup });
    assert.equal(judgement.status, 'up');
    assert.deepEqual(
      phases.map(({ name }) => name),
      ['resolve', 'wait'],
    );
  });
  const lookup = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
  const { judgement } = await ask({ server: { host: 'ns.test', port: 53 } }, { lookup });
  assert.equal(judgement.fault?.code, 'NAME_NOT_FOUND');
});
