// The first probe of a process is slow in our own code: loaded, compiled and run for the first time,
// it would count milliseconds of ours as the target's. So a one-shot probe first asks a listener of
// its own on loopback a few times. Nothing of the user's check is sent there but its kind.

import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { Clock } from '@holdfast/kernel';
import type { ProbeRunner } from '@holdfast/probing/probe';
import type {
  CompiledCheck,
  DnsSpec,
  HttpSpec,
  ProbeSpec,
} from '@holdfast/resources/compiled-check';

/** Later runs of the same code are no longer much faster; all of them together cost some 15 ms. */
const RUNS = 8;
const TIMEOUT_MS = 1_000;
const HOST = '127.0.0.1';
/** Of handshakes, each of which is refused. */
const TLS_RUNS = 3;
/** RFC 8446, section 6: a fatal alert, handshake_failure. */
const ALERT = Buffer.from([0x15, 3, 3, 0, 2, 2, 40]);
const HANDSHAKE_RECORD = 0x16;
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok';

interface Listener {
  port: number;
  close(): Promise<unknown>;
}

/** Without a loopback of our own the probe is still worth having, only its first times are worse. */
export async function warmUp(
  runner: ProbeRunner,
  check: CompiledCheck,
  clock: Clock,
): Promise<void> {
  const datagrams = check.spec.kind === 'dns' && check.spec.transport === 'udp';
  const listener = await (datagrams ? listenForDatagrams() : listenForConnections());
  if (listener === undefined) return;
  const run = async (spec: ProbeSpec | undefined, runs: number) => {
    for (let count = 0; spec !== undefined && count < runs; count += 1) {
      const plan = { plannedAtMs: clock.wallMs(), attempt: 0, startedLateMs: 0 };
      await runner.run(plainCheck(check, spec), plan);
    }
  };
  await run(specLike(check.spec, listener.port), RUNS);
  await run(secureLike(check.spec, listener.port), TLS_RUNS);
  await listener.close();
}

function listenForConnections(): Promise<Listener | undefined> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('data', ([first]) => socket.end(first === HANDSHAKE_RECORD ? ALERT : ANSWER));
    // Who only connects says nothing, and closes first.
    socket.on('end', () => socket.end());
  });
  const close = () => new Promise((done) => server.close(done));
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(0, HOST, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({ port, close });
    });
  });
}

/** Answers each question with itself, as a server does that knows no such record. */
function listenForDatagrams(): Promise<Listener | undefined> {
  const socket = createSocket('udp4');
  socket.on('message', (message, { port, address }) => {
    const [flags = 0] = message.subarray(2);
    socket.send(message.fill(flags | 0x80, 2, 3), port, address);
  });
  const close = () => new Promise<void>((done) => socket.close(done));
  return new Promise((resolve) => {
    socket.once('error', () => resolve(undefined));
    socket.bind(0, HOST, () => resolve({ port: socket.address().port, close }));
  });
}

/** Only its names are the user's: no address, no second try and no token of theirs is for this. */
function plainCheck({ namespace, name }: CompiledCheck, spec: ProbeSpec): CompiledCheck {
  const times = { intervalMs: TIMEOUT_MS, timeoutMs: TIMEOUT_MS };
  return { namespace, name, target: HOST, ...times, labels: {}, paused: false, spec };
}

/** What goes the same way through our own code; undefined where none can be gone here. */
function specLike(spec: ProbeSpec, port: number): ProbeSpec | undefined {
  if (spec.kind === 'dns') return spec.transport === 'udp' ? questionLike(spec, port) : undefined;
  if (spec.kind === 'icmp') return { ...spec, host: HOST, ip: 'any', packets: 1 };
  if (spec.kind !== 'http') return { kind: 'tcp', host: HOST, port, ip: 'any' };
  return plainRequest(spec, `http://${HOST}:${port}/`);
}

function plainRequest({ bodyBytesMax }: HttpSpec, url: string): HttpSpec {
  return {
    kind: 'http',
    url,
    method: 'GET',
    headers: {},
    maxRedirects: 0,
    ip: 'any',
    tls: { verify: true },
    bodyBytesMax,
    expect: { status: [], headers: {}, that: [] },
  };
}

/** A handshake up to the server's first word, with the trust of the check, and no key of it. */
function secureLike(spec: ProbeSpec, port: number): ProbeSpec | undefined {
  if (spec.kind !== 'http' || !spec.url.startsWith('https:')) return undefined;
  const { client: _, ...tls } = spec.tls;
  return { ...plainRequest(spec, `https://${HOST}:${port}/`), tls };
}

function questionLike({ recordType, expect }: DnsSpec, port: number): DnsSpec {
  return {
    kind: 'dns',
    name: 'localhost',
    recordType,
    server: { host: HOST, port },
    transport: 'udp',
    recursion: true,
    ip: 'any',
    tries: 1,
    expect: { ...expect, that: [] },
  };
}
