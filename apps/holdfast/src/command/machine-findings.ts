// What the machine lets this user do, read from where Linux tells it. Elsewhere it is said that it is
// not known: nothing is guessed, and nothing is sent beyond loopback.

import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Finding } from './finding.ts';

/** capabilities(7): the bits that probes and servers have use for. */
const CAPABILITIES = { NET_BIND_SERVICE: 10n, NET_RAW: 13n } as const;

export function capabilities(status = textOf('/proc/self/status')): Finding {
  const name = 'capabilities';
  const held = capabilityBits(status);
  if (held === undefined) return unknown(name);
  const names = Object.entries(CAPABILITIES).filter(([, bit]) => (held >> bit) & 1n);
  const text = names.map(([one]) => one).join(', ') || 'none that probes have use for';
  return { name, verdict: 'ok', text };
}

/** Whether icmp checks can work: by the ping range of the system, or by raw sockets. */
export function pingRange(
  groupId: number,
  range = textOf('/proc/sys/net/ipv4/ping_group_range'),
  status = textOf('/proc/self/status'),
): Finding {
  const name = 'ping';
  const [from, to] = (range ?? '').trim().split(/\s+/).map(Number);
  if (from === undefined || to === undefined || Number.isNaN(from + to)) return unknown(name);
  const raw = ((capabilityBits(status) ?? 0n) >> CAPABILITIES.NET_RAW) & 1n;
  const groups = new Set([groupId, ...groupsOf(status)]);
  const allowed = [...groups].some((one) => one >= from && one <= to);
  if (allowed)
    return { name, verdict: 'ok', text: `icmp checks work: group range ${from} to ${to}` };
  if (raw) return { name, verdict: 'ok', text: 'icmp checks work by raw sockets (NET_RAW)' };
  return {
    name,
    verdict: 'warning',
    text: `icmp checks cannot work: no group of this user is in ${from} to ${to}`,
    cure: `sysctl -w net.ipv4.ping_group_range="0 2147483647", or grant NET_RAW`,
  };
}

/** Who keeps the wall clock, as far as the machine tells without being asked over a network. */
export function timeKeeper(exists: (path: string) => boolean = existsSync): Finding {
  const name = 'time';
  if (process.platform !== 'linux') return unknown(name);
  if (exists('/run/systemd/timesync/synchronized'))
    return { name, verdict: 'ok', text: 'synchronised by systemd-timesyncd' };
  const keeper = [
    ['chrony', '/run/chrony/chronyd.pid'],
    ['chrony', '/run/chronyd.pid'],
    ['ntpd', '/run/ntpd.pid'],
  ].find(([, path = '']) => exists(path))?.[0];
  if (keeper !== undefined)
    return { name, verdict: 'ok', text: `${keeper} runs; how well it does is not known` };
  const text = 'no time service is seen here; a container has that of its host';
  const cure = 'let chrony or systemd-timesyncd keep the clock: certificates are judged by it';
  return { name, verdict: 'warning', text, cure };
}

export async function ipv6Loopback(): Promise<Finding> {
  const server = createServer();
  const problem = await new Promise<string | undefined>((done) => {
    server.once('error', (error) => done(error.message));
    server.listen(0, '::1', () => done(undefined));
  });
  if (problem === undefined) await new Promise((done) => server.close(done));
  if (problem === undefined) return { name: 'ipv6', verdict: 'ok', text: '::1 can be used' };
  const cure = 'write `ip: "4"` in checks, or enable IPv6';
  return { name: 'ipv6', verdict: 'warning', text: `no IPv6 loopback: ${problem}`, cure };
}

const SPACE_BYTES_WANTED = 1024 ** 3;

/** `folder` must exist. */
export function diskSpace(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const bytes = bavail * bsize;
  const text = `${(bytes / 1024 ** 3).toFixed(1)} GiB free at ${folder}`;
  if (bytes >= SPACE_BYTES_WANTED) return { name: 'disk', verdict: 'ok', text };
  const cure = 'free some, choose another --data, or keep results shorter (`retention`)';
  return { name: 'disk', verdict: 'warning', text, cure };
}

export function consoleBuilt(page: string): Finding {
  const name = 'console';
  if (existsSync(page)) return { name, verdict: 'ok', text: 'the pages are built' };
  const text = 'the pages are not built; the API works without them';
  return { name, verdict: 'warning', text, cure: 'npm start builds them' };
}

function capabilityBits(status: string | undefined): bigint | undefined {
  const hex = /^CapEff:\s*([0-9a-f]+)$/m.exec(status ?? '')?.[1];
  return hex === undefined ? undefined : BigInt(`0x${hex}`);
}

function groupsOf(status: string | undefined): number[] {
  const line = /^Groups:\s*(.*)$/m.exec(status ?? '')?.[1] ?? '';
  return line.split(/\s+/).filter(Boolean).map(Number);
}

function unknown(name: string): Finding {
  return { name, verdict: 'ok', text: 'not known on this system' };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
