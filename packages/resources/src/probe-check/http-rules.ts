// Rules across the fields of an http check: what is sent, how connections are used, and who we say
// that we are.

import { similarWord } from '../similar-word.ts';
import { type CheckFault, faultOf, type RuleContext, type Spec, warningOf } from './check-fault.ts';
import { isHttpMethod } from './kinds.ts';
import { DEFAULT_POOL, OAUTH2_TOKEN, tokenUses } from './shared-parts.ts';
import type { Target } from './target.ts';

export function httpFaults(
  spec: Spec,
  target: Target | undefined,
  context: RuleContext,
): CheckFault[] {
  const faults: CheckFault[] = [];
  if (spec.method !== undefined && !isHttpMethod(spec.method))
    faults.push(
      faultOf(
        'method',
        'is a call of grpc, this check is http',
        'write method: GET, or grpc:// before the target',
      ),
    );
  if (spec.expectContinue !== undefined && spec.body === undefined && !context.lost.has('body'))
    faults.push(
      faultOf(
        'expectContinue',
        'holds a body back, and there is none',
        'write a body, or remove it',
      ),
    );
  return [
    ...faults,
    ...authFaults(spec, target),
    ...poolFaults(spec, context),
    ...versionFaults(spec),
  ];
}

function authFaults(spec: Spec, target: Target | undefined): CheckFault[] {
  if (spec.auth === undefined) return [];
  const header = Object.keys(spec.headers ?? {}).find(
    (name) => name.toLowerCase() === 'authorization',
  );
  const faults: CheckFault[] = [];
  if (header !== undefined)
    faults.push(faultOf('auth', `is given beside the header ${header}`, 'keep one of the two'));
  if (target?.type === 'http' && /^https?:\/\/[^/?#]*@/.test(target.url))
    faults.push(
      faultOf('auth', 'is given, but the target holds credentials too', 'keep one of the two'),
    );
  return faults;
}

function poolFaults({ pool, connection }: Spec, { pools }: RuleContext): CheckFault[] {
  if (pool === undefined) return [];
  if (connection !== undefined)
    return [faultOf('pool', `is given beside connection: ${connection}`, 'keep one of the two')];
  if (pool === DEFAULT_POOL || pools.has(pool)) return [];
  const near = similarWord(pool, pools);
  const hint = near === undefined ? `define it: pools: [{name: ${pool}}]` : `did you mean ${near}?`;
  return [faultOf('pool', 'names no pool of this file', hint)];
}

function versionFaults({ version = '1.1', expect }: Spec): CheckFault[] {
  const spoken = String(version);
  if (expect?.version === undefined || spoken === 'any') return [];
  if ([expect.version].flat().some((one) => String(one) === spoken)) return [];
  const message = `cannot be, because the check speaks ${spoken} alone`;
  return [faultOf(['expect', 'version'], message, 'write version: any')];
}

/** For every kind: tokens that are named must be there. */
export function tokenFaults(spec: Spec, { tokens, lost }: RuleContext): CheckFault[] {
  const own = spec.auth?.oauth2 === undefined && !lost.has('auth') ? [] : [OAUTH2_TOKEN];
  const known = new Set([...tokens, ...own]);
  const faults = tokenUses(spec).flatMap(({ token, field }) => {
    if (known.has(token)) return [];
    const near = similarWord(token, known);
    const hint =
      near === undefined
        ? `define it: tokens: [{name: ${token}, url: …, clientId: …, clientSecret: …}]`
        : `did you mean ${near}?`;
    return [faultOf(field, `names no token of this file, ${token}`, hint)];
  });
  const hidden = spec.auth?.oauth2 !== undefined && tokens.has(OAUTH2_TOKEN);
  if (hidden) {
    const message = `hides the token ${OAUTH2_TOKEN} of this file in this check`;
    faults.push(warningOf(['auth', 'oauth2'], message, 'give that token another name'));
  }
  return faults;
}
