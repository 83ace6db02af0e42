// The first probe of a process is slow in our own code: loaded, compiled and run for the first time,
// it would count milliseconds of ours as the target's. So a one-shot probe first asks a listener of
// its own on loopback a few times. Nothing of the user's check is sent there but its kind.

import { createServer } from 'node:net';
import type { Clock } from '@holdfast/kernel';
import type { ProbeRunner } from '@holdfast/probing/probe';
import type { CompiledCheck, ProbeSpec } from '@holdfast/resources/compiled-check';

/** Later runs of the same code are no longer much faster; all of them together cost some 15 ms. */
const RUNS = 8;
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok';

/** Kinds whose way begins with a TCP connection; the others have nothing to warm here. */
const WARMED: readonly string[] = ['http', 'tls', 'tcp', 'grpc'];

export async function warmUp(
  runner: ProbeRunner,
  check: CompiledCheck,
  clock: Clock,
): Promise<void> {
  if (!WARMED.includes(check.spec.kind)) return;
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.resume().end(ANSWER);
  });
  const port = await new Promise<number | undefined>((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : undefined);
    });
  });
  // Without a loopback of our own the probe is still worth having, only its first times are worse.
  if (port === undefined) return;
  const like = { ...check, timeoutMs: 1_000, spec: plainSpec(check.spec, port) };
  for (let run = 0; run < RUNS; run += 1) {
    await runner.run(like, { plannedAtMs: clock.wallMs(), attempt: 0, startedLateMs: 0 });
  }
  await new Promise((done) => server.close(done));
}

function plainSpec(spec: ProbeSpec, port: number): ProbeSpec {
  if (spec.kind !== 'http') return { kind: 'tcp', host: '127.0.0.1', port, ip: 'any' };
  return {
    kind: 'http',
    url: `http://127.0.0.1:${port}/`,
    method: 'GET',
    headers: {},
    maxRedirects: 0,
    ip: 'any',
    tls: { verify: true },
    bodyBytesMax: spec.bodyBytesMax,
    expect: { status: [], headers: {}, that: [] },
  };
}
