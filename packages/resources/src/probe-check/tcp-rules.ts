// Rules across the fields of a tcp check: TLS is begun once, and what a step uses was found before it.

import { linearPattern } from '../fields/linear-pattern.ts';
import { type CheckFault, faultOf, type RuleContext, type Spec } from './check-fault.ts';
import { filledPattern, groupsUsed } from './tcp-fields.ts';

export function tcpFaults(spec: Spec, { lost }: RuleContext): CheckFault[] {
  return [...secureFaults(spec, lost), ...bannerFaults(spec, lost), ...groupFaults(spec)];
}

function secureFaults(spec: Spec, lost: ReadonlySet<string>): CheckFault[] {
  const faults: CheckFault[] = [];
  const steps = (spec.dialogue ?? []).flatMap((step, index) =>
    step.startTls === true ? [index] : [],
  );
  const begun =
    spec.secure === true ? 'secure' : spec.startTls === undefined ? undefined : 'startTls';
  if (spec.secure === true && spec.startTls !== undefined)
    faults.push(faultOf('startTls', 'is given beside secure: true', 'keep one of the two'));
  const [first, ...again] = steps;
  for (const index of begun === undefined ? again : steps) {
    const before = begun ?? `step ${Number(first) + 1}`;
    const message = `goes on in TLS, which ${before} has begun already`;
    faults.push(faultOf(['dialogue', index, 'startTls'], message, 'keep one of the two'));
  }
  const unsure = ['secure', 'startTls', 'dialogue'].some((name) => lost.has(name));
  if (begun !== undefined || first !== undefined || unsure) return faults;
  const hint = 'write secure: true or startTls: smtp';
  if (spec.tls !== undefined) faults.push(faultOf('tls', 'is given, but no TLS is spoken', hint));
  if (spec.expect?.certificateDays !== undefined)
    faults.push(
      faultOf(['expect', 'certificateDays'], 'asks for a certificate, but no TLS is spoken', hint),
    );
  return faults;
}

function bannerFaults({ banner, expect }: Spec, lost: ReadonlySet<string>): CheckFault[] {
  const read = (banner !== undefined && banner !== false) || lost.has('banner');
  if (expect?.banner === undefined || read) return [];
  const message = 'looks into what the peer says first, which is not read';
  return [faultOf(['expect', 'banner'], message, 'write banner: true')];
}

/** Groups are those of the last pattern that has some. */
function groupFaults({ dialogue = [] }: Spec): CheckFault[] {
  let groups = 0;
  return dialogue.flatMap((step, index) => {
    const name = step.send === undefined ? 'expect' : 'send';
    const text = step[name];
    if (text === undefined) return [];
    const missing = groupsUsed(text).find((group) => group > groups);
    if (name === 'expect') groups = linearPattern(filledPattern(text)).groupCount() || groups;
    if (missing === undefined) return [];
    const message = `uses \${${missing}}, but the pattern before it has ${groups === 0 ? 'no' : groups} groups`;
    const hint =
      'put what is meant in brackets (…) in an earlier expect, or write $${ for a plain ${';
    return [faultOf(['dialogue', index, name], message, hint)];
  });
}
