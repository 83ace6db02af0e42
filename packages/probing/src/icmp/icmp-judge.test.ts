import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '@holdfast/kernel';
import type { IcmpSpec } from '@holdfast/resources/compiled-check';
import { prepareRuleJudge } from '../judge/rule-judge.ts';
import { type EchoFacts, type EchoReply, echoDetail } from './echo-detail.ts';
import { judgeIcmp } from './icmp-judge.ts';
import type { IcmpObservation } from './icmp-run.ts';

function replies(...rttsMs: number[]): EchoReply[] {
  return rttsMs.map((rttMs, at) => ({
    sequence: at + 1,
    rttMs,
    byKernel: true,
    ownClockRttMs: rttMs + 1,
    ttl: 57,
  }));
}

function facts(wish: Partial<EchoFacts> = {}): EchoFacts {
  return {
    ip: '192.0.2.1',
    version: 4,
    socket: 'ping',
    sent: 4,
    replies: replies(10, 14, 11, 13),
    ...wish,
  };
}

function observation(echo: EchoFacts): IcmpObservation {
  const phases = [{ name: 'wait' as const, hop: 0, startMs: 0, durationMs: 20 }];
  return { totalMs: 20, phases, context: {}, detail: echoDetail(echo), echo };
}

function spec(expect: Partial<IcmpSpec['expect']> = {}): IcmpSpec {
  return {
    kind: 'icmp',
    host: 'gate.example',
    ip: 'any',
    packets: 4,
    packetIntervalMs: 100,
    payloadBytes: 56,
    ttl: 64,
    expect: { that: [], lossMax: 0, ...expect },
  };
}

function judge(wish: Partial<EchoFacts>, expect: Partial<IcmpSpec['expect']> = {}) {
  const { status, fault: found } = judgeIcmp(observation(facts(wish)), spec(expect));
  return [status, found?.code, found?.class];
}

test('the detail of four replies', () => {
  const { replies: kept, ...detail } = echoDetail(facts());
  assert.deepEqual(detail, {
    ip: '192.0.2.1',
    ip_version: 4,
    socket: 'ping',
    packets_sent: 4,
    packets_received: 4,
    loss: 0,
    rtt_min_ms: 10,
    rtt_avg_ms: 12,
    rtt_max_ms: 14,
    // (|14 - 10| + |11 - 14| + |13 - 11|) / 3
    jitter_ms: 3,
    ttl: 57,
    ttl_initial: 64,
  });
  const first = { sequence: 1, rtt_ms: 10, own_clock_rtt_ms: 11, kernel: true, ttl: 57 };
  assert.deepEqual((kept as unknown[])[0], first);
});

test('jitter follows the order of sending, not that of the answers', () => {
  const detail = echoDetail(facts({ replies: replies(10, 14, 11, 13).reverse() }));
  assert.equal(detail.jitter_ms, 3);
});

test('what was not measured is absent', () => {
  const detail = echoDetail(facts({ sent: 1, replies: [] }));
  assert.deepEqual(
    [detail.loss, detail.rtt_avg_ms, detail.jitter_ms, detail.ttl, detail.ttl_initial],
    [1, undefined, undefined, undefined, undefined],
  );
  assert.equal(echoDetail(facts({ replies: replies(1) })).jitter_ms, undefined);
});

test('no more than twenty replies are kept, and the TTL at the start is guessed', () => {
  const many = replies(...Array.from({ length: 100 }, () => 1));
  assert.equal((echoDetail(facts({ replies: many })).replies as unknown[]).length, 20);
  const guesses = [1, 64, 65, 128, 129, 255].map((ttl) => {
    const [reply] = replies(1);
    return echoDetail(facts({ replies: reply ? [{ ...reply, ttl }] : [] })).ttl_initial;
  });
  assert.deepEqual(guesses, [64, 64, 128, 128, 255, 255]);
});

test('loss, round trip and jitter against their limits', () => {
  const half = { replies: replies(10, 10) };
  assert.deepEqual(judge({}), ['up', undefined, undefined]);
  assert.deepEqual(judge(half), ['down', 'ASSERTION_LOSS', 'assertion']);
  assert.deepEqual(judge(half, { lossMax: 0.5 }), ['up', undefined, undefined]);
  assert.deepEqual(judge({}, { rttMsMax: 12 }), ['up', undefined, undefined]);
  assert.deepEqual(judge({}, { rttMsMax: 11.9 }), ['down', 'ASSERTION_ROUND_TRIP', 'assertion']);
  assert.deepEqual(judge({}, { jitterMsMax: 3 }), ['up', undefined, undefined]);
  assert.deepEqual(judge({}, { jitterMsMax: 2.9 }), ['down', 'ASSERTION_JITTER', 'assertion']);
});

test('silence within the wait is down with a fault of class timeout; a deadline is timeout', () => {
  assert.deepEqual(judge({ replies: [] }), ['down', 'TIMEOUT', 'timeout']);
  const cut = { ...observation(facts({ replies: [] })), fault: fault('TIMEOUT', 'Late.') };
  assert.equal(judgeIcmp(cut, spec()).status, 'timeout');
});

test('an ICMP error is told with the router that sent it', () => {
  const from = Uint8Array.of(198, 51, 100, 7);
  const error = {
    kind: 'error' as const,
    version: 4 as const,
    identifier: 1,
    sequence: 1,
    from,
    destination: from,
    type: 11,
    code: 0,
  };
  const judged = judgeIcmp(observation(facts({ replies: [], error })), spec());
  assert.deepEqual([judged.status, judged.fault?.code], ['down', 'CONNECT_UNREACHABLE']);
  assert.match(
    judged.fault?.message ?? '',
    /198\.51\.100\.7 says of 192\.0\.2\.1: the time to live ran out/,
  );
  const shown = echoDetail(facts({ error })).icmp_error as { from: string };
  assert.equal(shown.from, '198.51.100.7');
});

test('rules see the detail; a bad rule is an invalid check', async () => {
  const holds = spec({
    that: ['detail.ttl > 50 && detail.rtt_avg_ms < 20.0', 'phases.wait == 20.0'],
  });
  assert.equal(await prepareRuleJudge(holds), undefined);
  assert.equal(judgeIcmp(observation(facts()), holds).status, 'up');
  const fails = spec({ that: ['target == "other"'] });
  await prepareRuleJudge(fails);
  assert.equal(judgeIcmp(observation(facts()), fails).fault?.code, 'ASSERTION_RULE');
  const bad = await prepareRuleJudge(spec({ that: ['detail.ttl >'] }));
  assert.equal(bad?.code, 'PROBER_INVALID_CHECK');
});
