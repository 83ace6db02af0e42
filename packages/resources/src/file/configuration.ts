// What a sound file comes to: everything compiled, resources for display, and where each check stands.

import { type AlertRule, compileChannel, compileRule, impliedRule } from '../alert.ts';
import type { CompiledChannel, CompiledRule } from '../compiled-alert.ts';
import type { CompiledCheck, EgressPolicy } from '../compiled-check.ts';
import { durationMs } from '../fields/duration-field.ts';
import { DEFAULT_EGRESS, DEFAULT_RETENTION, type Retention } from '../house-defaults.ts';
import { maskSecrets, type Resource } from '../mask-secrets.ts';
import { compileCheck } from '../probe-check/compile-check.ts';
import type { Problem } from '../problem.ts';
import { matchesRule } from '../rule-match.ts';
import { type CheckDraft, draftKey, resourceOf } from './check-draft.ts';
import type { FileContents, Named } from './file-contents.ts';
import { type NamedFiles, withFiles } from './named-files.ts';
import type { ProblemList } from './problem-list.ts';

export interface Configuration {
  /** In the order of the file. */
  checks: CompiledCheck[];
  /** As expanded, for people: every secret reads `<secret>`. */
  resources: Resource[];
  /** `file:line:column` of a check. */
  sourceOf(namespace: string, name: string): string | undefined;
  egress: EgressPolicy;
  retention: Retention;
  channels: CompiledChannel[];
  /** With channels and no rules there is one: everything to every channel. */
  rules: CompiledRule[];
  /** Allowed, but probably not meant. */
  warnings: Problem[];
}

/** For contents in which both passes found nothing wrong. */
export function configurationOf(
  contents: FileContents,
  files: NamedFiles,
  list: ProblemList,
): Configuration {
  const resources = contents.checks.map(resourceOf);
  const checks = contents.checks.map((draft) => {
    const check = resourceOf(draft);
    return compileCheck({ ...check, spec: withFiles(check.spec, files.get(draft) ?? {}) });
  });
  const rules = whole(contents.rules);
  const channels = whole(contents.channels);
  const places = new Map(
    contents.checks.map((draft) => [draftKey(draft), list.placeText(placeOfCheck(draft))]),
  );
  warnOfIdleRules(contents.rules, checks, list);
  return {
    checks,
    resources: [...resources, ...rules, ...channels].map((resource) => maskSecrets(resource)),
    sourceOf: (namespace, name) => places.get(draftKey({ namespace, name })),
    egress: egressOf(contents),
    retention: retentionOf(contents),
    channels: channels.map(compileChannel),
    rules: rulesOf(
      rules,
      channels.map(({ metadata }) => metadata.name),
    ),
    warnings: list.warnings,
  };
}

function whole<R>(entries: readonly Named<R>[]): R[] {
  return entries.flatMap(({ resource }) => (resource === undefined ? [] : [resource]));
}

function placeOfCheck(draft: CheckDraft) {
  return draft.origin(['name']);
}

function rulesOf(rules: readonly AlertRule[], channels: readonly string[]): CompiledRule[] {
  if (rules.length > 0 || channels.length === 0) return rules.map(compileRule);
  return [impliedRule(channels)];
}

/** What a file denies comes on top; what it allows opens the part it names. */
function egressOf({ egress }: FileContents): EgressPolicy {
  const { deny = [], allow = [] } = egress?.value ?? {};
  return {
    deny: [...new Set([...DEFAULT_EGRESS.deny, ...deny])],
    allow: [...new Set([...DEFAULT_EGRESS.allow, ...allow])],
  };
}

function retentionOf({ retention }: FileContents): Retention {
  const { raw, minutes, hours } = retention?.value ?? {};
  return {
    rawMs: (raw === undefined ? undefined : durationMs(raw)) ?? DEFAULT_RETENTION.rawMs,
    minuteMs:
      (minutes === undefined ? undefined : durationMs(minutes)) ?? DEFAULT_RETENTION.minuteMs,
    hourMs: (hours === undefined ? undefined : durationMs(hours)) ?? DEFAULT_RETENTION.hourMs,
  };
}

function warnOfIdleRules(
  rules: readonly Named<AlertRule>[],
  checks: readonly CompiledCheck[],
  list: ProblemList,
): void {
  for (const { resource, nameAt } of rules) {
    if (resource === undefined || checks.length === 0) continue;
    const rule = compileRule(resource);
    if (checks.some((check) => matchesRule(rule.match, check))) continue;
    const message = `alert rule ${JSON.stringify(rule.name)} matches no check`;
    list.warn(nameAt, {
      message,
      hint: 'compare its match with the names and labels of the checks',
    });
  }
}
