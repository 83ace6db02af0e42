// The whole result of one run, as a prober would have measured it: phases, redirects, certificate
// and facts for the detail page. Pure, seeded by check and planned time.

import type {
  CertificateFacts,
  Phase,
  PhaseName,
  ProbeResult,
  ResultContext,
} from '@holdfast/resources/result';
import { chanceOf } from './fixture-chance.ts';
import { kindDetail } from './fixture-kinds.ts';
import { type Run, runOf } from './fixture-runs.ts';
import type { FixtureCheck } from './fixture-world.ts';

const DAY_MS = 86_400_000;

const SHARES: Record<PhaseName, number> = {
  resolve: 0.06,
  connect: 0.17,
  tls: 0.27,
  write: 0.006,
  wait: 0.42,
  transfer: 0.07,
};

export function resultOf(check: FixtureCheck, plannedAtMs: number): ProbeResult {
  const run = runOf(check, plannedAtMs);
  const [place = 'local'] = check.places;
  const seed = `${check.namespace}/${check.name}@${plannedAtMs}`;
  const phases = phasesOf(check, run, seed);
  const connected = phases.some(
    (phase) => phase.name === 'wait' || phase.name === 'tls' || phase.name === 'write',
  );
  const lagMs = chanceOf(`${seed} lag`) * 3;
  return {
    key: {
      namespace: check.namespace,
      check: check.name,
      location: place,
      plannedAtMs,
      attempt: 0,
    },
    kind: check.kind,
    target: check.target,
    agent: `${place}-1`,
    startedAtMs: plannedAtMs + lagMs,
    scheduleLagMs: lagMs,
    loopLagMs: chanceOf(`${seed} loop`) * 1.2,
    status: run.status,
    ...(run.fault === undefined ? {} : { fault: run.fault }),
    totalMs: run.totalMs,
    phases,
    context: run.status === 'invalid' ? {} : contextOf(check, phases, connected, seed, plannedAtMs),
    detail: detailOf(check, run),
  };
}

function phasesOf(check: FixtureCheck, run: Run, seed: string): Phase[] {
  if (run.status === 'invalid') return [];
  const hops = check.kind !== 'http' ? [check.target] : [...check.redirects, check.target];
  const phases: Phase[] = [];
  const normalMs = run.status === 'up' ? run.totalMs : Math.min(check.baseMs, run.totalMs * 2);
  let atMs = 0.05;
  for (const [hop, url] of hops.entries()) {
    for (const name of namesOf(check, url, hop)) {
      const jitter = 0.85 + 0.3 * chanceOf(`${seed} ${hop} ${name}`);
      const failing = run.fault?.phase === name && hop === hops.length - 1;
      const durationMs = failing
        ? Math.max(0.05, run.totalMs - atMs)
        : Math.max(0.02, (normalMs * SHARES[name] * jitter) / hops.length);
      phases.push({ name, hop, startMs: atMs, durationMs });
      atMs += durationMs;
      if (failing) return phases;
    }
  }
  return phases;
}

function namesOf(check: FixtureCheck, url: string, hop: number): PhaseName[] {
  const names: PhaseName[] = /\d+\.\d+\.\d+\.\d+/.test(url) || hop > 1 ? [] : ['resolve'];
  if (check.kind === 'dns' || check.kind === 'icmp') return ['write', 'wait'];
  names.push('connect');
  if (check.kind === 'tcp') return names;
  if (check.kind === 'tls') return [...names, 'tls'];
  if (/^(https|grpcs):/.test(url)) names.push('tls');
  return [...names, 'write', 'wait', 'transfer'];
}

function contextOf(
  check: FixtureCheck,
  phases: readonly Phase[],
  connected: boolean,
  seed: string,
  atMs: number,
): ResultContext {
  const connect = phases.filter((phase) => phase.name === 'connect').at(-1);
  const last = Math.floor(chanceOf(check.name) * 200) + 10;
  const secure = connected && check.certificateDays !== undefined;
  return {
    sourceIp: '10.20.0.5',
    ...(connect === undefined
      ? {}
      : {
          peerIp: `10.20.4.${last}`,
          peerPort: check.kind === 'tcp' ? 5432 : 443,
          ipVersion: 4 as const,
          addresses: [`10.20.4.${last}`, `10.20.5.${last}`, `2001:db8:20:4::${last.toString(16)}`],
        }),
    ...(connected && connect !== undefined
      ? {
          kernel: {
            handshakeMs: connect.durationMs * 0.92,
            rttVarianceMs: connect.durationMs * 0.11,
            retransmits: chanceOf(`${seed} r`) > 0.97 ? 1 : 0,
            mssBytes: 1448,
          },
        }
      : {}),
    ...(secure
      ? {
          tls: {
            version: 'TLSv1.3',
            cipher: 'TLS_AES_128_GCM_SHA256',
            alpn: 'http/1.1',
            serverName: hostOf(check.target),
            verified: true,
            chain: chainOf(check, atMs),
          },
        }
      : {}),
    ...(check.kind === 'http' ? { urls: [...check.redirects, check.target] } : {}),
    traceId: [1, 2, 3, 4]
      .map((part) =>
        Math.floor(chanceOf(`${seed} ${part}`) * 0xffffffff)
          .toString(16)
          .padStart(8, '0'),
      )
      .join(''),
  };
}

function chainOf(check: FixtureCheck, atMs: number): CertificateFacts[] {
  const host = hostOf(check.target);
  const make = (
    subject: string,
    issuer: string,
    days: number,
    authority: boolean,
  ): CertificateFacts => ({
    fingerprint256: [...'abcdefgh']
      .map((part) =>
        Math.floor(chanceOf(`${subject}${part}`) * 0xffffffff)
          .toString(16)
          .padStart(8, '0'),
      )
      .join(''),
    subject: `CN=${subject}`,
    issuer: `CN=${issuer}`,
    serialNumber: Math.floor(chanceOf(subject) * 1e12)
      .toString(16)
      .toUpperCase(),
    names: authority ? [] : [`DNS:${host}`, `DNS:www.${host}`],
    validFromMs: atMs - (authority ? 900 : 84) * DAY_MS,
    validToMs: atMs + days * DAY_MS + 3_600_000,
    publicKey: authority ? 'RSA 4096' : 'EC P-256',
    certificateAuthority: authority,
  });
  return [
    make(host, 'Example Issuing CA 3', check.certificateDays ?? 60, false),
    make('Example Issuing CA 3', 'Example Root X1', 1200, true),
  ];
}

function hostOf(target: string): string {
  return target.replace(/^\w+:\/\//, '').replace(/[:/?].*$/, '');
}

function detailOf(check: FixtureCheck, run: Run): Record<string, unknown> {
  if (check.kind !== 'http') return run.status === 'up' ? kindDetail(check) : {};
  if (
    run.status === 'invalid' ||
    run.status === 'timeout' ||
    run.fault?.class === 'connect' ||
    run.fault?.class === 'name' ||
    run.fault?.class === 'tls'
  )
    return {};
  const failed = run.fault?.code === 'SERVER_FAILED';
  return {
    status_code: failed ? 503 : 200,
    http_version: '1.1',
    body_length: failed ? 62 : 18_432,
    redirects: check.redirects.length,
    content_type: failed ? 'application/json' : 'text/html; charset=utf-8',
    headers: {
      'content-type': failed ? 'application/json' : 'text/html; charset=utf-8',
      server: 'nginx',
      'cache-control': 'no-store',
    },
    ...(failed
      ? { body_excerpt: '{"error":"upstream pool exhausted","pool":"search-ranker-blue"}' }
      : {}),
  };
}
