// The second pass: what no entry can tell alone. Names that are taken, rules that name no channel,
// limits that exclude each other, and each check's own rules across fields.

import { formatDuration } from '@holdfast/kernel';
import { type DurationBounds, type DurationText, durationMs } from '../fields/duration-field.ts';
import { INTERVAL_BOUNDS } from '../probe-check/check-fields.ts';
import { checkFaults } from '../probe-check/check-rules.ts';
import { DEFAULT_INTERVAL_MS } from '../probe-check/check-times.ts';
import { similarWord } from '../similar-word.ts';
import { type CheckDraft, draftKey } from './check-draft.ts';
import type { FileContents, Named } from './file-contents.ts';
import type { At, ProblemList } from './problem-list.ts';

/** Adds to the list, and fills in the interval where the default lies outside of the limits. */
export function crossPass(contents: FileContents, list: ProblemList): void {
  const limits = intervalLimits(contents, list);
  for (const draft of contents.checks) {
    fitDefaultInterval(draft, limits);
    for (const fault of checkFaults(draft.spec, limits, draft.lost)) {
      const at = draft.origin(fault.field);
      const shared = at.path[0] === 'defaults' && draft.name !== undefined;
      const message = shared
        ? `${fault.message}, in check ${JSON.stringify(draft.name)}`
        : fault.message;
      if (fault.warning) list.warn(at, { message, hint: fault.hint });
      else list.value(at, { message, hint: fault.hint });
    }
  }
  checkNamesOnce(contents.checks, list);
  namesOnce(contents.rules, 'alert rule', list);
  namesOnce(contents.channels, 'channel', list);
  channelsExist(contents, list);
}

function intervalLimits(contents: FileContents, list: ProblemList): DurationBounds {
  const { min, max } = contents.limits?.value.interval ?? {};
  const limits = {
    minMs: milliseconds(min) ?? INTERVAL_BOUNDS.minMs,
    maxMs: milliseconds(max) ?? INTERVAL_BOUNDS.maxMs,
  };
  if (limits.minMs <= limits.maxMs || contents.limits === undefined) return limits;
  const at = {
    root: contents.limits.at.root,
    path: [...contents.limits.at.path, 'interval', 'min'],
  };
  list.value(at, {
    message: `is more than max, ${formatDuration(limits.maxMs)}`,
    hint: 'exchange the two',
  });
  return INTERVAL_BOUNDS;
}

function milliseconds(written: DurationText | undefined): number | undefined {
  return written === undefined ? undefined : durationMs(written);
}

function fitDefaultInterval(draft: CheckDraft, { minMs, maxMs }: DurationBounds): void {
  if (draft.spec.interval !== undefined) return;
  const fitting = Math.min(maxMs, Math.max(minMs, DEFAULT_INTERVAL_MS));
  if (fitting !== DEFAULT_INTERVAL_MS)
    draft.spec = { ...draft.spec, interval: formatDuration(fitting) };
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

function namesOnce(entries: readonly Named<unknown>[], what: string, list: ProblemList): void {
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
