// Every fault of the catalogue, provoked for real through the runner: by servers, by the system, by the
// check itself. The last test knows which codes are not provoked here, and why.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FAULTS, type FaultCode, systemClock } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';
import { TickingLoopLag } from './agent/loop-lag.ts';
import { withLoopLag } from './agent/stalled-result.ts';
import type { Lookup } from './dial/resolve.ts';
import { reply } from './dns/testing/dns-server.ts';
import { HEALTH_PATH } from './grpc/call-plan.ts';
import { type GrpcWish, grpcSpec } from './grpc/testing/grpc-probe.ts';
import { grpcServer, unary } from './grpc/testing/grpc-server.ts';
import { icmpSpec } from './icmp/testdata/specs.ts';
import { testCertificates } from './testing/certificates.ts';
import { httpCheck, probeOnce, tcpCheck } from './testing/checks.ts';
import { answering, answerText, type Behaviour } from './testing/raw-server.ts';
import { Stage } from './testing/stage.ts';
import { authority, issue } from './tls-kind/testing/authority.ts';
import { ocspAnswer } from './tls-kind/testing/ocsp-maker.ts';
import { tlsServer } from './tls-kind/testing/tls-checks.ts';

/** Each must be told long before the deadline of its check, which is 10 s unless it says otherwise. */
const ENDS = { timeout: 9_000 };
const certificates = await testCertificates();
const { ca, good } = certificates;
const TRUSTING = { verify: true, ca };
const PROCESS = fileURLToPath(new URL('./testing/probe-process.ts', import.meta.url));
const silent: Behaviour = () => {};
const says = (text: string) => answering(() => text);
const body = (text: string) => says(answerText('200 OK', [], text));
const status = (line: string) => says(answerText(line));
const failing = (code: string): Lookup => {
  return () => Promise.reject(Object.assign(new Error(code), { code }));
};

type Scene = (stage: Stage) => Promise<ProbeResult>;

const BY_NAME: Partial<Record<FaultCode, Scene>> = {
  NAME_NOT_FOUND: () => probeOnce(tcpCheck('no.test', 80), { lookup: failing('ENOTFOUND') }),
  NAME_SERVER_FAILED: () => probeOnce(tcpCheck('no.test', 80), { lookup: failing('EAI_AGAIN') }),
  NAME_NO_ADDRESS: (stage) => {
    const lookup: Lookup = async (_, family) =>
      family === 6 ? [] : [{ ip: '127.0.0.1', version: 4 }];
    return stage.probe({ kind: 'tcp', host: 'four.test', port: 80, ip: '6' }, { lookup });
  },
};

const BY_CONNECTING: Partial<Record<FaultCode, Scene>> = {
  CONNECT_REFUSED: async (stage) => {
    const server = await stage.server(silent);
    const { port } = server;
    await server.close();
    return probeOnce(tcpCheck('127.0.0.1', port));
  },
  CONNECT_RESET: (stage) =>
    stage.http((socket) => socket.once('data', () => socket.resetAndDestroy())),
  // The kernel connects nobody to a broadcast address; nothing is sent.
  CONNECT_UNREACHABLE: () => probeOnce(tcpCheck('127.255.255.255', 80)),
};

const BY_TLS: Partial<Record<FaultCode, Scene>> = {
  TLS_CERTIFICATE_EXPIRED: (stage) => overTls(stage, certificates.expired),
  TLS_CERTIFICATE_NOT_YET_VALID: (stage) => overTls(stage, certificates.notYetValid),
  TLS_CERTIFICATE_UNTRUSTED: (stage) => overTls(stage, certificates.selfSigned),
  TLS_NAME_MISMATCH: (stage) => overTls(stage, certificates.wrongName),
  TLS_CERTIFICATE_REVOKED: async (stage) => {
    const issuer = await authority();
    const leaf = await issue({ issuer });
    const staple = () => ocspAnswer({ leaf, issuer, status: 'revoked' });
    const { port, close } = await tlsServer({ cert: leaf.cert, key: leaf.key }, staple);
    stage.onEnd(close);
    return stage.tls({ port, tls: { verify: true, ca: issuer.cert } });
  },
  TLS_CERTIFICATE_WEAK: async (stage) => {
    const { cert, key } = await issue({ rsaBits: 1024 });
    return shaken(stage, { cert, key, ciphers: 'DEFAULT:@SECLEVEL=0' }, cert);
  },
  TLS_STAPLE_MISSING: async (stage) => {
    const { port, close } = await tlsServer(good);
    stage.onEnd(close);
    return stage.tls({ port, tls: TRUSTING, expect: { staple: true } });
  },
  TLS_VERSION_OLD: (stage) =>
    shaken(stage, {
      ...good,
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
    }),
  TLS_SUITE_WEAK: (stage) =>
    shaken(stage, { ...good, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' }),
  TLS_CLIENT_REFUSED: (stage) =>
    stage.http(body('in'), {
      server: { tls: { ...good, ca, requestCert: true, rejectUnauthorized: true } },
      tls: TRUSTING,
    }),
  TLS_HANDSHAKE_FAILED: async (stage) => {
    const answer = 'HTTP/1.1 400 Bad Request\r\n\r\n';
    const { port } = await stage.server((socket) => socket.once('data', () => socket.end(answer)));
    return stage.tls({ port });
  },
};

const BY_TIME_AND_PROTOCOL: Partial<Record<FaultCode, Scene>> = {
  TIMEOUT: (stage) => stage.http(silent, { timeoutMs: 200 }),
  TIMEOUT_PHASE: (stage) => stage.http(silent, { check: { phaseLimitsMs: { wait: 100 } } }),
  PROTOCOL_INVALID_ANSWER: (stage) => stage.http(says('220 mail.test ESMTP\r\n\r\n')),
  PROTOCOL_CLOSED_EARLY: (stage) =>
    stage.http(says('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf')),
  PROTOCOL_LIMIT_EXCEEDED: (stage) => stage.http(body('x'.repeat(100)), { bodyBytesMax: 10 }),
  PROTOCOL_REDIRECTS_EXCEEDED: (stage) =>
    stage.http(says(answerText('302 Found', ['Location: /again']))),
};

const BY_ANSWER: Partial<Record<FaultCode, Scene>> = {
  REFUSED_BY_SERVER: (stage) => stage.http(status('403 Forbidden')),
  SERVER_FAILED: (stage) => stage.http(status('503 Service Unavailable')),
  SERVER_NOT_SERVING: (stage) => health(stage, [8, 2]),
  ASSERTION_STATUS: (stage) => stage.http(status('304 Not Modified')),
  ASSERTION_HEADER: (stage) => stage.http(body(''), { expect: { headers: { 'x-a': '.' } } }),
  ASSERTION_BODY: (stage) => stage.http(body('a'), { expect: { body: { contains: 'b' } } }),
  ASSERTION_JSON: (stage) =>
    stage.http(body('{"a":1}'), { expect: { jsonSchema: { required: ['b'] } } }),
  ASSERTION_VERSION: (stage) => stage.http(body(''), { expect: { versions: ['2'] } }),
  ASSERTION_RULE: (stage) => stage.http(body(''), { expect: { that: ['status == 201'] } }),
  ASSERTION_CERTIFICATE: (stage) =>
    stage.http(body(''), {
      server: { tls: good },
      tls: TRUSTING,
      expect: { certificateDays: 400 },
    }),
  ASSERTION_GRPC_STATUS: (stage) => health(stage, [8, 1], { codes: ['NOT_FOUND'] }),
  ASSERTION_RCODE: (stage) => stage.dns((query) => reply(query, { rcode: 3 })),
  ASSERTION_RECORDS: (stage) =>
    stage.dns((query) => reply(query), {
      expect: { answer: { countMin: 1, matches: [], notMatches: [] } },
    }),
};

const BY_ECHO: Partial<Record<FaultCode, Scene>> = {
  // Nothing is lost on loopback: no loss at all is already too much.
  ASSERTION_LOSS: (stage) => stage.probe(icmpSpec('127.0.0.1', { expect: { lossMax: -1 } })),
  ASSERTION_ROUND_TRIP: (stage) =>
    stage.probe(icmpSpec('127.0.0.1', { expect: { rttMsMax: 1e-6 } })),
  ASSERTION_JITTER: (stage) =>
    stage.probe(icmpSpec('127.0.0.1', { packets: 5, expect: { jitterMsMax: 0 } })),
};

const BY_OURSELVES: Partial<Record<FaultCode, Scene>> = {
  PROBER_EGRESS_DENIED: () =>
    probeOnce(tcpCheck('127.0.0.1', 80), { egress: { deny: ['127.0.0.0/8'], allow: [] } }),
  PROBER_INVALID_CHECK: (stage) => stage.http(body(''), { expect: { that: ['status =='] } }),
  PROBER_SECRET_MISSING: (stage) => stage.http(body(''), { headers: { a: '${env:NOPE}' } }),
  PROBER_TOKEN_REFUSED: async (stage) => {
    const endpoint = await stage.server(status('400 Bad Request'));
    const sso = {
      url: endpoint.url(),
      clientId: 'a',
      clientSecret: 'b',
      scopes: [],
      parameters: {},
      credentialsIn: 'body' as const,
      ip: 'any' as const,
      tls: { verify: true },
    };
    return stage.http(body(''), { headers: { a: '${token:sso}' }, check: { tokens: { sso } } });
  },
  PROBER_OUT_OF_DESCRIPTORS: async () => {
    const order = { checks: [tcpCheck('127.0.0.1', 80)], starved: true };
    const command = 'ulimit -n 200 && exec "$0" --disable-warning=ExperimentalWarning "$1" "$2"';
    const words = ['-c', command, process.execPath, PROCESS, JSON.stringify(order)];
    const [result] = JSON.parse((await promisify(execFile)('sh', words)).stdout);
    return result as ProbeResult;
  },
  PROBER_STALLED: async (stage) => {
    const lag = new TickingLoopLag(systemClock);
    stage.onEnd(() => lag.close());
    const startedMs = systemClock.nowMs();
    const result = stage.http(silent, { timeoutMs: 200 });
    systemClock.after(20, () => {
      const untilMs = systemClock.nowMs() + 500;
      while (systemClock.nowMs() < untilMs);
    });
    return withLoopLag(await result, lag.worstMs(startedMs));
  },
  PROBER_CALLED_OFF: async (stage) => {
    const server = await stage.server(silent);
    const stop = new AbortController();
    const run = probeOnce(httpCheck({ url: server.url() }), {}, stop.signal);
    stop.abort();
    return run;
  },
  // No check that was validated has such a port.
  PROBER_FAILED: () => probeOnce(tcpCheck('127.0.0.1', 70_000)),
};

/** Codes that need another room's stage. */
const ELSEWHERE: Partial<Record<FaultCode, string>> = {
  NAME_DELEGATION_BROKEN: 'a tree of name servers: dns/resolution-chain.socket.test.ts',
  NAME_BOGUS: 'zones that are signed: dns/dnssec.socket.test.ts',
  ASSERTION_SECURE: 'zones that are signed: dns/dnssec.socket.test.ts',
  ASSERTION_BANNER: 'tcp/',
  ASSERTION_DIALOGUE: 'tcp/dialogue.socket.test.ts',
  PROXY_REFUSED: 'a proxy: http/proxy.socket.test.ts',
  PROBER_POOL_FULL: 'a thousand runs that wait: connections/place.test.ts',
  PROBER_NO_ROUTE: 'a network without ways: dial/own-route.socket.test.ts',
  PROBER_NOT_PERMITTED: 'a process without privileges: icmp/icmp-namespace.socket.test.ts',
  PROBER_UNSUPPORTED: 'another system than Linux: cannot be had here',
};

const SCENES = {
  ...BY_NAME,
  ...BY_CONNECTING,
  ...BY_TLS,
  ...BY_TIME_AND_PROTOCOL,
  ...BY_ANSWER,
  ...BY_OURSELVES,
};
const STATUS_OF_CLASS = new Map([
  ['prober', 'invalid'],
  ['timeout', 'timeout'],
]);

for (const [code, scene] of Object.entries(SCENES)) {
  test(code, ENDS, async () => {
    await play(code as FaultCode, scene);
  });
}

for (const [code, scene] of Object.entries(BY_ECHO)) {
  test(code, ENDS, async (t) => {
    const found = await play(code as FaultCode, scene, 'PROBER_NOT_PERMITTED');
    if (found !== code) t.skip('this process may not send ICMP');
  });
}

test('every code is provoked here or named with its place', () => {
  const here = Object.keys({ ...SCENES, ...BY_ECHO });
  const known = new Set([...here, ...Object.keys(ELSEWHERE)]);
  assert.deepEqual(
    Object.keys(FAULTS).filter((code) => !known.has(code)),
    [],
    'neither provoked nor named',
  );
  assert.deepEqual(
    here.filter((code) => code in ELSEWHERE),
    [],
    'named and provoked',
  );
  const classes = new Set(here.map((code) => FAULTS[code as FaultCode].class));
  assert.equal(classes.size, 9);
});

const stages: Stage[] = [];
after(async () => {
  for (const stage of stages) await stage.end();
});

/** Answers the code found: the scene's own, or the one by which the machine is excused. */
async function play(code: FaultCode, scene: Scene, excuse?: FaultCode): Promise<string> {
  const stage = new Stage();
  stages.push(stage);
  const { status: found, fault } = await scene(stage);
  if (excuse !== undefined && fault?.code === excuse) return excuse;
  const told = JSON.stringify(fault);
  assert.deepEqual([fault?.code, fault?.class], [code, FAULTS[code].class], told);
  assert.equal(found, STATUS_OF_CLASS.get(FAULTS[code].class) ?? 'down');
  assert.match(fault?.message ?? '', /^\S.{10,}\.$/s, 'a sentence with the facts');
  assert.ok((fault?.cure ?? '').length > 10, 'a cure');
  return code;
}

function overTls(stage: Stage, certificate: typeof good): Promise<ProbeResult> {
  return stage.http(body(''), { server: { tls: certificate }, tls: TRUSTING });
}

async function shaken(
  stage: Stage,
  server: Parameters<typeof tlsServer>[0],
  authorities = ca,
): Promise<ProbeResult> {
  const { port, close } = await tlsServer(server);
  stage.onEnd(close);
  return stage.tls({ port, tls: { verify: true, ca: authorities } });
}

async function health(
  stage: Stage,
  message: number[],
  expect: GrpcWish['expect'] = {},
): Promise<ProbeResult> {
  const { port, close } = await grpcServer({ [HEALTH_PATH]: unary(() => Buffer.from(message)) });
  stage.onEnd(close);
  return stage.probe(grpcSpec({ port, expect }));
}
