// What a sound file comes to: everything compiled, resources for display, and where each check stands.

import type { CompiledAccess } from '../access.ts';
import { type AlertRule, compileChannel, compileRule, impliedRule } from '../alert.ts';
import type { CheckSpec } from '../check.ts';
import type { CompiledChannel, CompiledRule } from '../compiled-alert.ts';
import type { CompiledCheck, EgressPolicy } from '../compiled-check.ts';
import type { FaultTable } from '../fault-table.ts';
import { compileFaultEntry } from '../fault-table-resource.ts';
import { durationMs } from '../fields/duration-field.ts';
import { DEFAULT_EGRESS, DEFAULT_RETENTION, type Retention } from '../house-defaults.ts';
import { maskSecrets, type Resource } from '../mask-secrets.ts';
import { compilePool } from '../pool.ts';
import type { Preset } from '../presets.ts';
import { compileCheck } from '../probe-check/compile-check.ts';
import type { SharedParts } from '../probe-check/shared-parts.ts';
import type { Problem } from '../problem.ts';
import { compileToken } from '../token.ts';
import { compiledAccess } from './access-rules.ts';
import { type CheckDraft, draftKey, resourceOf } from './check-draft.ts';
import type { FileContents } from './file-contents.ts';
import { type NamedFiles, withFiles } from './named-files.ts';
import type { ProblemList } from './problem-list.ts';
import { type Surroundings, surroundingsOf } from './surroundings.ts';
import { houseResources, wholeResources, writtenResources } from './written-resources.ts';

export interface Configuration {
  /** In the order of the file. */
  checks: CompiledCheck[];
  /** As expanded, for people: every secret reads `<secret>`. */
  resources: Resource[];
  /**
   * The same for a store: nothing hidden, files that are named laid in, presets spelt out. Loaded again they
   * give this configuration, except for plugins, which no resource names.
   */
  written: Resource[];
  /** `file:line:column` of a check. */
  sourceOf(namespace: string, name: string): string | undefined;
  egress: EgressPolicy;
  retention: Retention;
  channels: CompiledChannel[];
  /** With channels and no rules there is one: everything to every channel. */
  rules: CompiledRule[];
  /** Of all namespaces; no hash stands twice. */
  access: CompiledAccess[];
  /** Entries of the file alone, first match wins; `lookUpFault` knows what holds beyond them. */
  faultTable: FaultTable;
  /** For texts that are to be added to the file. */
  surroundings: Surroundings;
  /** Absolute paths and packages, in order, for agents to load. */
  plugins: string[];
  /** Allowed, but probably not meant. */
  warnings: Problem[];
}

/** With the files that they name. */
interface NamedParts {
  checks: NamedFiles;
  tokens: ReadonlyMap<string, NonNullable<CheckSpec['tls']>>;
}

/** For contents in which both passes found nothing wrong. */
export function configurationOf(
  contents: FileContents,
  named: NamedParts,
  preset: Preset | undefined,
  list: ProblemList,
): Configuration {
  const resources = contents.checks.map(resourceOf);
  const shared = sharedParts(contents, named);
  const written = contents.checks.map((draft, index) => {
    const check = resources[index] ?? resourceOf(draft);
    return { ...check, spec: withFiles(check.spec, named.checks.get(draft) ?? {}) };
  });
  const rules = wholeResources(contents.rules);
  const channels = wholeResources(contents.channels);
  const others: Resource[] = [
    ...wholeResources(contents.tokens),
    ...wholeResources(contents.pools),
    ...wholeResources(contents.faultTables),
    ...houseResources(contents, preset),
  ];
  const places = new Map(
    contents.checks.map((draft) => [draftKey(draft), list.placeText(placeOfCheck(draft))]),
  );
  return {
    checks: written.map((check) => compileCheck(check, shared)),
    written: writtenResources(contents, written, named.tokens, preset),
    resources: [...resources, ...rules, ...channels, ...others].map((one) => maskSecrets(one)),
    sourceOf: (namespace, name) => places.get(draftKey({ namespace, name })),
    surroundings: surroundingsOf(contents),
    egress: egressOf(contents),
    retention: retentionOf(contents, preset),
    channels: channels.map(compileChannel),
    rules: rulesOf(
      rules,
      channels.map(({ metadata }) => metadata.name),
    ),
    access: compiledAccess(contents.namespaces),
    faultTable: {
      entries: wholeResources(contents.faultTables).flatMap(({ spec }) =>
        spec.entries.map(compileFaultEntry),
      ),
    },
    plugins: contents.plugins.specifiers,
    warnings: list.warnings,
  };
}

function sharedParts(contents: FileContents, files: NamedParts): SharedParts {
  const tokens = wholeResources(contents.tokens).map(({ metadata: { name }, spec }) => {
    const tls = files.tokens.get(name);
    return [name, compileToken(tls === undefined ? spec : { ...spec, tls })] as const;
  });
  const pools = wholeResources(contents.pools).map(
    ({ metadata, spec }) => [metadata.name, compilePool(metadata.name, spec)] as const,
  );
  return {
    plugins: contents.plugins.descriptions,
    tokens: new Map(tokens),
    pools: new Map(pools),
  };
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

function retentionOf({ retention }: FileContents, preset: Preset | undefined): Retention {
  const { raw, minutes, hours } = { ...preset?.retention, ...retention?.value };
  return {
    rawMs: (raw === undefined ? undefined : durationMs(raw)) ?? DEFAULT_RETENTION.rawMs,
    minuteMs:
      (minutes === undefined ? undefined : durationMs(minutes)) ?? DEFAULT_RETENTION.minuteMs,
    hourMs: (hours === undefined ? undefined : durationMs(hours)) ?? DEFAULT_RETENTION.hourMs,
  };
}
