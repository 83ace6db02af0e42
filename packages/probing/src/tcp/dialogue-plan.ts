// A dialogue made ready once for all runs of its check: texts taken apart, bytes decoded, patterns
// compiled, and every `${1}` proven to have a group that it can stand for.

import { type Fault, fault } from '@holdfast/kernel';
import type { TcpSpec, TcpStep } from '@holdfast/resources/compiled-check';
import { groupCount, preparePatterns } from '../judge/patterns.ts';
import type { Outcome, Secrets } from '../prober.ts';
import { expandTemplate, fillTemplate, parseTemplate, type StepTemplate } from './step-template.ts';

export type PlannedStep =
  | { kind: 'send'; text: StepTemplate }
  | { kind: 'send_bytes'; bytes: Buffer }
  | { kind: 'expect'; pattern: StepTemplate }
  | { kind: 'expect_bytes'; bytes: Buffer }
  | { kind: 'start_tls' };

const STEPS_MAX = 100;
/** In a pattern that is proven, where text of the peer will stand. */
const STAND_IN = 'x';

const plans = new WeakMap<TcpSpec, readonly PlannedStep[]>();

/** Answers what is wrong with the dialogue; to be done before it is run. */
export async function prepareDialogue(spec: TcpSpec): Promise<Fault | undefined> {
  const { dialogue = [] } = spec;
  const steps = dialogue.map(planned);
  const problem =
    dialogue.length > STEPS_MAX
      ? `The dialogue has ${dialogue.length} steps, at most ${STEPS_MAX} may be.`
      : ((await patternProblem(steps)) ?? groupProblem(steps));
  if (problem !== undefined) return fault('PROBER_INVALID_CHECK', problem);
  plans.set(spec, steps);
  return undefined;
}

/** The steps of one run, secrets filled in. */
export async function fillDialogue(
  spec: TcpSpec,
  secrets: Secrets,
): Promise<Outcome<readonly PlannedStep[]>> {
  const plan = plans.get(spec);
  if (plan === undefined) throw new Error('a dialogue is run before it was prepared');
  const steps: PlannedStep[] = [];
  for (const step of plan) {
    if (step.kind !== 'send') {
      steps.push(step);
      continue;
    }
    const text = await fillTemplate(step.text, secrets);
    if (!text.ok) return text;
    steps.push({ kind: 'send', text: text.value });
  }
  return { ok: true, value: steps };
}

function planned(step: TcpStep): PlannedStep {
  if ('send' in step) return { kind: 'send', text: parseTemplate(step.send, true) };
  if ('sendBytes' in step) {
    return { kind: 'send_bytes', bytes: Buffer.from(step.sendBytes, 'base64') };
  }
  if ('expect' in step) return { kind: 'expect', pattern: parseTemplate(step.expect, false) };
  if ('expectBytes' in step) {
    return { kind: 'expect_bytes', bytes: Buffer.from(step.expectBytes, 'base64') };
  }
  return { kind: 'start_tls' };
}

function patternProblem(steps: readonly PlannedStep[]): Promise<string | undefined> {
  return preparePatterns(
    steps.flatMap((step) => (step.kind === 'expect' ? [patternOf(step.pattern)] : [])),
  );
}

function groupProblem(steps: readonly PlannedStep[]): string | undefined {
  let groups = 0;
  for (const [at, step] of steps.entries()) {
    const template = step.kind === 'send' ? step.text : step.kind === 'expect' ? step.pattern : [];
    const missing = template.find((part) => typeof part === 'number' && part > groups);
    if (missing !== undefined) {
      return `Step ${at + 1} uses \${${missing}}, but the pattern before it has ${groups} groups.`;
    }
    if (step.kind === 'expect') groups = groupCount(patternOf(step.pattern)) || groups;
  }
  return undefined;
}

function patternOf(template: StepTemplate): string {
  return expandTemplate(template, [], () => STAND_IN);
}
