// The second pass: what no entry can tell alone. Names that are taken, rules that name no channel,
// limits that exclude each other, and each check's own rules across fields.

import { formatDuration } from '@holdfast/kernel';
import { compileRule } from '../alert.ts';
import type { DurationBounds } from '../fields/duration-field.ts';
import type { Preset } from '../presets.ts';
import type { CheckFault } from '../probe-check/check-fault.ts';
import { checkFaults } from '../probe-check/check-rules.ts';
import { DEFAULT_INTERVAL_MS, milliseconds, timeoutMs } from '../probe-check/check-times.ts';
import { OAUTH2_TOKEN, tokenUses } from '../probe-check/shared-parts.ts';
import { matchesRule } from '../rule-match.ts';
import { similarWord } from '../similar-word.ts';
import type { Token } from '../token.ts';
import { proveAccess } from './access-rules.ts';
import { type CheckDraft, draftKey } from './check-draft.ts';
import type { FileContents, Named } from './file-contents.ts';
import { type LimitsInForce, NamespaceLimits } from './namespace-limits.ts';
import type { At, ProblemList } from './problem-list.ts';

export interface CrossPassSettings {
  limits: LimitsInForce;
  preset: Preset | undefined;
  /** More stands beside it: what is named may be there. */
  part?: boolean;
}

/** Adds to the list, and fills in what a preset says, or the limits where the default lies outside. */
export function crossPass(
  contents: FileContents,
  list: ProblemList,
  { limits: inForce, preset, part = false }: CrossPassSettings,
): void {
  const limits = new NamespaceLimits(contents, list, inForce, preset);
  const plugins = contents.plugins.descriptions;
  const [tokens, pools] = [namesOf(contents.tokens), namesOf(contents.pools)];
  for (const draft of contents.checks) {
    const own = limits.of(draft.namespace);
    fitDefaultInterval(draft, own.interval);
    layRetries(draft, preset);
    const named = part ? namedBy(draft) : { tokens, pools };
    const context = { limits: own, lost: draft.lost, plugins, ...named };
    for (const fault of checkFaults(draft.spec, context)) tell(draft, fault, list);
  }
  limits.proveSums(contents.checks, list);
  checkNamesOnce(contents.checks, list);
  namesOnce(contents.rules, 'alert rule', list);
  namesOnce(contents.channels, 'channel', list);
  namesOnce(contents.tokens, 'token', list);
  namesOnce(contents.pools, 'pool', list);
  namesOnce(contents.namespaces, 'entry for this namespace', list);
  proveAccess(contents.namespaces, list);
  tokensKnowWhere(contents.tokens, list);
  if (part) return;
  channelsExist(contents, list);
  warnOfIdleRules(contents, list);
}

function tell(draft: CheckDraft, fault: CheckFault, list: ProblemList): void {
  const at = draft.origin(fault.field);
  const shared = at.path[0] === 'defaults' && draft.name !== undefined;
  const message = shared
    ? `${fault.message}, in check ${JSON.stringify(draft.name)}`
    : fault.message;
  if (fault.warning) list.warn(at, { message, hint: fault.hint });
  else list.value(at, { message, hint: fault.hint });
}

/** Where what a check names may stand elsewhere: all of it. */
function namedBy({ spec }: CheckDraft): { tokens: Set<string>; pools: Set<string> } {
  const tokens = tokenUses(spec).map(({ token }) => token);
  return {
    tokens: new Set(tokens.filter((token) => token !== OAUTH2_TOKEN)),
    pools: new Set(spec.pool === undefined ? [] : [spec.pool]),
  };
}

function namesOf(entries: readonly { name: string | undefined }[]): ReadonlySet<string> {
  return new Set(entries.flatMap(({ name }) => name ?? []));
}

function fitDefaultInterval(draft: CheckDraft, { minMs, maxMs }: DurationBounds): void {
  if (draft.spec.interval !== undefined) return;
  const fitting = Math.min(maxMs, Math.max(minMs, DEFAULT_INTERVAL_MS));
  if (fitting !== DEFAULT_INTERVAL_MS)
    draft.spec = { ...draft.spec, interval: formatDuration(fitting) };
}

/** Where the check says nothing of tries, and its timeout leaves room for them. */
function layRetries(draft: CheckDraft, preset: Preset | undefined): void {
  const { spec, lost } = draft;
  if (preset?.retries === undefined || spec.retries?.attempts !== undefined || lost.has('retries'))
    return;
  const retries = { ...preset.retries, ...spec.retries };
  const waitsMs = milliseconds(retries.backoff) ?? 0;
  if (waitsMs < timeoutMs(spec)) draft.spec = { ...spec, retries };
}

function checkNamesOnce(checks: readonly CheckDraft[], list: ProblemList): void {
  const first = new Map<string, CheckDraft>();
  for (const draft of checks) {
    if (draft.name === undefined) continue;
    const taken = first.get(draftKey(draft));
    if (taken === undefined) first.set(draftKey(draft), draft);
    else {
      const where = list.placeText(taken.origin(['name']));
      const message = `makes a second check ${JSON.stringify(draft.name)} in namespace ${draft.namespace}, the first is at ${where}`;
      list.value(draft.origin(['name']), { message, hint: 'write another name' });
    }
  }
}

function namesOnce(
  entries: readonly Pick<Named<unknown>, 'name' | 'nameAt'>[],
  what: string,
  list: ProblemList,
): void {
  const first = new Map<string, At>();
  for (const { name, nameAt } of entries) {
    if (name === undefined) continue;
    const taken = first.get(name);
    if (taken === undefined) first.set(name, nameAt);
    else {
      const message = `is the name of a second ${what}, the first is at ${list.placeText(taken)}`;
      list.value(nameAt, { message, hint: 'write another name' });
    }
  }
}

function channelsExist(contents: FileContents, list: ProblemList): void {
  const names = contents.channels.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const known = new Set(names);
  const used = new Set<string>();
  for (const { channels, at } of contents.rules) {
    for (const [index, channel] of channels.entries()) {
      used.add(channel);
      if (known.has(channel)) continue;
      const near = similarWord(channel, names);
      const otherwise =
        names.length === 0
          ? 'define it under channels'
          : `write one of ${names.slice(0, 10).join(', ')}`;
      const hint = near === undefined ? otherwise : `did you mean ${near}?`;
      list.value(channelAt(at, index), { message: 'names no channel of this file', hint });
    }
  }
  if (contents.rules.length === 0) return;
  for (const { name, nameAt } of contents.channels) {
    if (name === undefined || used.has(name)) continue;
    list.warn(nameAt, {
      message: `no alert rule tells channel ${JSON.stringify(name)}`,
      hint: 'name it in channels of an alert',
    });
  }
}

/** In full form the channels stand in the spec. */
function channelAt(at: At, index: number): At {
  const full = at.path[0] !== 'alerts';
  return { root: at.root, path: [...at.path, ...(full ? ['spec'] : []), 'channels', index] };
}

/** `tokenUrl` is another name of `url`; one of them is needed. */
function tokensKnowWhere(tokens: readonly Named<Token>[], list: ProblemList): void {
  for (const { resource, at } of tokens) {
    if (resource === undefined) continue;
    const { url, tokenUrl } = resource.spec;
    const under = at.path[0] === 'tokens' ? [] : ['spec'];
    const place = (name: string) => ({ root: at.root, path: [...at.path, ...under, name] });
    if (url === undefined && tokenUrl === undefined)
      list.value(place('url'), {
        message: 'is missing',
        hint: 'write url: https://login.example.com/oauth2/token',
      });
    if (url !== undefined && tokenUrl !== undefined)
      list.key(place('tokenUrl'), {
        message: 'is another name of url, which is given too',
        hint: 'keep url, remove tokenUrl',
      });
  }
}

function warnOfIdleRules({ rules, checks }: FileContents, list: ProblemList): void {
  const named = checks.flatMap(({ name, namespace, labels }) =>
    name === undefined ? [] : [{ name, namespace, labels }],
  );
  for (const { resource, nameAt } of rules) {
    if (resource === undefined || checks.length === 0) continue;
    const rule = compileRule(resource);
    if (named.some((check) => matchesRule(rule.match, check))) continue;
    const message = `alert rule ${JSON.stringify(rule.name)} matches no check`;
    list.warn(nameAt, {
      message,
      hint: 'compare its match with the names and labels of the checks',
    });
  }
}
