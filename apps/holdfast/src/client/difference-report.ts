// What an apply would change, with the values before and after. Both sides are masked: a secret that
// differs is told by its path alone.

import { maskSecrets, type Resource } from '@holdfast/resources/load';
import type { ApplyAnswer, StoredResources } from '@holdfast/resources/resource-api';
import { resourceIdentity } from '@holdfast/resources/resource-name';
import { fit, paint, printable, type Terminal } from '../cli/terminal.ts';
import { differingPaths, valueAtPath } from '../resource-store/difference.ts';
import type { ApiClient } from './api-client.ts';
import { changedLines, outcomeName } from './outcome-report.ts';

export async function differenceReport(
  client: ApiClient,
  terminal: Terminal,
  resources: readonly Resource[],
  options: { owner?: string; prune: boolean },
): Promise<{ answer: ApplyAnswer; lines: string }> {
  const body = { ...options, resources, dryRun: true };
  const answer = await client.post<ApplyAnswer>('resources/apply', body);
  if (answer.resources.every(({ change }) => change !== 'changed'))
    return { answer, lines: changedLines(terminal, answer) };
  const stored = await client.get<StoredResources>('resources');
  const before = new Map(stored.resources.map((one) => [nameOf(one), one as object]));
  const after = new Map(resources.map((one) => [nameOf(one), maskSecrets(one) as object]));
  const lines = answer.resources.map((outcome) => {
    const head = changedLines(terminal, { ...answer, resources: [{ ...outcome, fields: [] }] });
    if (outcome.change !== 'changed') return head;
    const name = outcomeName(outcome);
    const [was, is] = [before.get(name), after.get(name)];
    if (was === undefined || is === undefined) return head;
    const seen = new Set(differingPaths(was, is));
    return head + outcome.fields.map((path) => fieldLine(terminal, path, seen, was, is)).join('');
  });
  return { answer, lines: lines.join('') };
}

function nameOf(resource: unknown): string {
  const { kind = '', namespace, name = '' } = resourceIdentity(resource) ?? {};
  const own = kind === 'Check' && namespace !== undefined ? { namespace } : {};
  return outcomeName({ kind, name, ...own });
}

function fieldLine(
  terminal: Terminal,
  path: string,
  seen: ReadonlySet<string>,
  was: object,
  is: object,
): string {
  const label = `  ${path}: `;
  const room = Math.max(8, Math.floor((terminal.columns - label.length - 4) / 2));
  const value = (of: object) => fit(terminal, shownValue(valueAtPath(of, path)), room);
  if (!seen.has(path)) return `${label}${paint(terminal, 'grey', 'differs, and is not shown')}\n`;
  const arrow = terminal.unicode ? '→' : '->';
  return `${label}${paint(terminal, 'red', value(was))} ${arrow} ${paint(terminal, 'green', value(is))}\n`;
}

function shownValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}
