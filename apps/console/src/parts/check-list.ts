// Filtering, sorting and grouping of checks, as the URL says it. Pure. The word "state" of a filter
// means what a person sees: a paused check is found by `paused` whatever its last state was.

import type { CheckState, CheckSummary } from '@holdfast/resources/api';

export const STATES = [
  'down',
  'degraded',
  'unknown',
  'up',
] as const satisfies readonly CheckState[];

export const SORT_KEYS = [
  'state',
  'name',
  'target',
  'last',
  'p50',
  'p95',
  'availability',
  'interval',
] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface CheckFilter {
  namespace: string;
  text: string;
  /** Empty = any. */
  states: ReadonlySet<CheckState>;
  /** `key=value`; all must hold. */
  labels: readonly string[];
  sort: SortKey;
  descending: boolean;
}

export function parseCheckFilter(search: URLSearchParams): CheckFilter {
  const named = (search.get('state') ?? '').split(',');
  const sort = search.get('sort') ?? '';
  const descending = sort.startsWith('-');
  return {
    namespace: search.get('ns') ?? '',
    text: search.get('q') ?? '',
    states: new Set(STATES.filter((state) => named.includes(state))),
    labels: search
      .getAll('label')
      .flatMap((label) => label.split(','))
      .filter((label) => label !== ''),
    sort: SORT_KEYS.find((key) => key === sort.replace(/^-/, '')) ?? 'state',
    descending,
  };
}

export function filterChecks(checks: readonly CheckSummary[], filter: CheckFilter): CheckSummary[] {
  const words = filter.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return checks.filter(
    (check) =>
      (filter.namespace === '' || check.namespace === filter.namespace) &&
      (filter.states.size === 0 || filter.states.has(check.state)) &&
      filter.labels.every((label) => hasLabel(check, label)) &&
      words.every((word) => haystack(check).includes(word)),
  );
}

/** Worst first; what is unknown comes last, whichever the direction. Equals keep their order, which is by name. */
export function sortChecks(
  checks: readonly CheckSummary[],
  sort: SortKey,
  descending: boolean,
): CheckSummary[] {
  const sign = descending ? -1 : 1;
  const keyed = checks.map((check) => ({ check, value: sortValue(check, sort) }));
  keyed.sort((a, b) => {
    if (a.value === b.value) return 0;
    if (a.value === undefined) return 1;
    if (b.value === undefined) return -1;
    return a.value < b.value ? -sign : sign;
  });
  return keyed.map((item) => item.check);
}

export interface CheckGroup {
  name: string;
  checks: CheckSummary[];
}

export function countStates(checks: readonly CheckSummary[]): Record<CheckState, number> {
  const counts: Record<CheckState, number> = { up: 0, degraded: 0, down: 0, unknown: 0 };
  for (const check of checks) counts[check.state] += 1;
  return counts;
}

/** `namespace`, `state`, `none`, or `label:KEY`. Groups by name; checks without the label come last as ''. */
export function groupChecks(checks: readonly CheckSummary[], by: string): CheckGroup[] {
  if (by === 'none') return checks.length === 0 ? [] : [{ name: '', checks: [...checks] }];
  const groups = new Map<string, CheckSummary[]>();
  for (const check of checks) {
    const name = groupName(check, by);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [check]);
    else group.push(check);
  }
  const named = [...groups].map(([name, members]) => ({ name, checks: members }));
  return named.sort((a, b) => groupOrder(a.name, b.name, by));
}

/** Groupings that divide these checks, the most telling first; `none` fits whatever the others need. */
export function groupingsOf(checks: readonly CheckSummary[]): string[] {
  const namespaces = new Set(checks.map((check) => check.namespace));
  const labels = new Map<string, { values: Set<string>; count: number }>();
  for (const check of checks) {
    for (const [key, value] of Object.entries(check.labels)) {
      const known = labels.get(key) ?? { values: new Set<string>(), count: 0 };
      known.values.add(value);
      known.count += 1;
      labels.set(key, known);
    }
  }
  const useful = [...labels].filter(
    ([, label]) => label.values.size > 1 && label.count * 2 >= checks.length,
  );
  useful.sort((a, b) => b[1].count - a[1].count || (a[0] < b[0] ? -1 : 1));
  return [
    ...(namespaces.size > 1 ? ['namespace'] : []),
    ...useful.map(([key]) => `label:${key}`),
    'none',
    'state',
  ];
}

/** Every label in use as `key=value` with how many checks carry it, commonest first. */
export function labelCounts(checks: readonly CheckSummary[]): { label: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const check of checks) {
    for (const [key, value] of Object.entries(check.labels)) {
      const label = `${key}=${value}`;
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
  }
  const list = [...counts].map(([label, count]) => ({ label, count }));
  return list.sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
}

function hasLabel(check: CheckSummary, label: string): boolean {
  const at = label.indexOf('=');
  if (at < 0) return label in check.labels;
  return check.labels[label.slice(0, at)] === label.slice(at + 1);
}

function haystack(check: CheckSummary): string {
  const labels = Object.entries(check.labels).map(([key, value]) => `${key}=${value}`);
  return `${check.namespace}/${check.name} ${check.target} ${check.kind} ${labels.join(' ')}`.toLowerCase();
}

function sortValue(check: CheckSummary, sort: SortKey): number | string | undefined {
  if (sort === 'state') return STATES.indexOf(check.state);
  if (sort === 'name') return `${check.namespace}/${check.name}`;
  if (sort === 'target') return check.target;
  if (sort === 'last') return check.lastTotalMs;
  if (sort === 'p50') return check.p50Ms;
  if (sort === 'p95') return check.p95Ms;
  if (sort === 'availability') return check.availability24h;
  return check.intervalMs;
}

function groupName(check: CheckSummary, by: string): string {
  if (by === 'state') return check.state;
  if (by.startsWith('label:')) return check.labels[by.slice('label:'.length)] ?? '';
  return check.namespace;
}

function groupOrder(a: string, b: string, by: string): number {
  const order: readonly string[] = STATES;
  if (by === 'state') return order.indexOf(a) - order.indexOf(b);
  if (a === '' || b === '') return a === b ? 0 : a === '' ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}
