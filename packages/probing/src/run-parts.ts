// What all runs of one runner share, made from what the runner was given: the way to targets, the
// sources of secrets, the tokens, the connections that are kept. Whoever makes them closes them.

import { silentTracer, systemChance } from '@holdfast/kernel';
import { Connections } from './connections/connections.ts';
import { createDial } from './dial/dial.ts';
import type { EgressGuard } from './dial/egress-guard.ts';
import { createResolve, defaultLookup } from './dial/resolve.ts';
import { openKernelSocket } from './kernel-socket/kernel-socket.ts';
import type { RunParts } from './probe-run.ts';
import type { ProbeRunnerOptions } from './probe-runner.ts';
import { ProberUse } from './prober-use.ts';
import { readSecretFile } from './secrets.ts';
import { RevocationKnowledge } from './tls-kind/revocation.ts';
import { askForToken } from './token/token-asking.ts';
import { TokenStore } from './token/token-store.ts';

/** `guard` is asked anew for each address, so that a changed policy holds at once. */
export function createRunParts(options: ProbeRunnerOptions, guard: () => EgressGuard): RunParts {
  const { clock, environment, chance = systemChance } = options;
  const secretSources = { environment, readFile: options.readFile ?? readSecretFile, chance };
  const resolve = createResolve(options.lookup ?? defaultLookup, guard);
  const dial = createDial({ clock, guard, kernel: openKernelSocket() });
  const audit = options.audit === undefined ? {} : { audit: options.audit };
  const verification = verificationOf(options);
  const asking = { clock, resolve, dial, secretSources, ...audit, ...verification };
  const tokens = new TokenStore({
    clock,
    chance,
    ask: (spec, signal) => askForToken(asking, spec, signal),
  });
  const connections = new Connections({ clock, allows: (ip) => guard().allows(ip) });
  return {
    clock,
    tracer: options.tracer ?? silentTracer,
    agent: options.agent,
    location: options.location,
    resolve,
    dial,
    secretSources,
    tokens,
    connections,
    loopLag: options.loopLag ?? (() => 0),
    use: new ProberUse(),
    ...(options.plugins === undefined ? {} : { plugins: options.plugins }),
    ...audit,
    ...verification,
  };
}

function verificationOf({ tlsPolicy: policy }: ProbeRunnerOptions): Pick<RunParts, 'verification'> {
  if (policy === undefined) return {};
  return { verification: { policy, revocations: new RevocationKnowledge() } };
}
