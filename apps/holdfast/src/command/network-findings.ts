// What is only known by asking over the network, and so only looked at when somebody asks for it: how
// quickly each name server that this machine is set to use answers.

import { getServers, Resolver } from 'node:dns/promises';
import type { Clock } from '@holdfast/kernel';
import type { Finding } from './finding.ts';

const SERVERS_MAX = 8;
const ANSWER_MS_MAX = 2_000;
const SLOW_MS = 200;
/** Every server knows it, whatever else it may tell: the root's own servers. */
const QUESTION = '.';

/** One finding for each server. `servers`: as Node writes them, such as `[::1]:5353`. */
export function nameServers(
  clock: Clock,
  servers: readonly string[] = getServers(),
): Promise<Finding[]> {
  if (servers.length === 0) {
    const cure = 'name one in /etc/resolv.conf';
    const text = 'none is set: names cannot be resolved';
    return Promise.resolve([{ name: 'name server', verdict: 'warning', text, cure }]);
  }
  return Promise.all(servers.slice(0, SERVERS_MAX).map((server) => asked(server, clock)));
}

async function asked(server: string, clock: Clock): Promise<Finding> {
  const name = 'name server';
  const resolver = new Resolver({ timeout: ANSWER_MS_MAX, tries: 1 });
  resolver.setServers([server]);
  const startMs = clock.nowMs();
  const problem = await resolver.resolveNs(QUESTION).then(() => undefined, codeOf);
  const ms = clock.nowMs() - startMs;
  if (problem !== undefined && SILENT.has(problem)) {
    const cure = 'look at /etc/resolv.conf: every lookup waits for it in vain';
    return { name, verdict: 'warning', text: `${server} does not answer (${problem})`, cure };
  }
  const text = `${server} answers in ${ms.toFixed(1)} ms`;
  if (ms <= SLOW_MS) return { name, verdict: 'ok', text };
  const cure = 'its time is in every probe of a name: use a nearer one';
  return { name, verdict: 'warning', text, cure };
}

/** Any other code is an answer, though perhaps a refusal. */
const SILENT: ReadonlySet<string> = new Set([
  'ETIMEOUT',
  'ECONNREFUSED',
  'ECANCELLED',
  'EAI_AGAIN',
]);

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
