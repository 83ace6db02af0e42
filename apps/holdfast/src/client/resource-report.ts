// Resources for people and for files: a table of them, or YAML and JSON that can be applied again.

import { formatDuration } from '@holdfast/kernel';
import type { ShownResource, StoredResources } from '@holdfast/resources/resource-api';
import type { Surroundings } from '../cli/command.ts';
import { textTable } from '../cli/text-table.ts';

type Around = Pick<Surroundings, 'clock' | 'terminal'>;

/** For standard output. */
export async function resourceReport(
  told: StoredResources,
  form: 'table' | 'yaml' | 'json',
  around: Around,
): Promise<string> {
  if (form === 'json') return `${JSON.stringify(told, null, 2)}\n`;
  if (form === 'yaml') {
    const { stringify } = await import('yaml');
    return told.resources.map((one) => stringify(one)).join('---\n');
  }
  if (told.resources.length === 0) return 'no resources\n';
  const kinds = new Set(told.resources.map(({ kind }) => kind));
  const [only] = kinds;
  return kinds.size === 1 && only === 'Check'
    ? checkTable(told.resources, around)
    : plainTable(told.resources, around);
}

function checkTable(resources: readonly ShownResource[], around: Around): string {
  const rows = resources.map(({ metadata, spec }) => [
    metadata.namespace ?? '',
    metadata.name,
    textOf(spec.target),
    textOf(spec.interval),
    Array.isArray(spec.locations) ? spec.locations.join(' ') : '',
    spec.paused === true ? 'paused' : '',
    ageText(metadata.updatedAtMs, around),
  ]);
  const headings = ['NAMESPACE', 'NAME', 'TARGET', 'EVERY', 'LOCATIONS', 'STATE', 'CHANGED'];
  return textTable(around.terminal, ...withoutEmpty(headings, rows));
}

function plainTable(resources: readonly ShownResource[], around: Around): string {
  const rows = resources.map(({ kind, metadata }) => [
    kind,
    metadata.namespace ?? '',
    metadata.name,
    metadata.owner ?? '',
    metadata.updatedBy ?? '',
    ageText(metadata.updatedAtMs, around),
  ]);
  const headings = ['KIND', 'NAMESPACE', 'NAME', 'OWNER', 'BY', 'CHANGED'];
  return textTable(around.terminal, ...withoutEmpty(headings, rows));
}

/** A column in which nothing stands takes room from the others. */
function withoutEmpty(headings: string[], rows: string[][]): [string[], string[][]] {
  const kept = headings.map((_, column) => rows.some((row) => row[column] !== ''));
  const pick = (row: string[]) => row.filter((_, column) => kept[column]);
  return [pick(headings), rows.map(pick)];
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

const UNITS_MS = [86_400_000, 3_600_000, 60_000, 1_000];

/** In its largest unit: `3m ago`. */
export function ageText(atMs: number | undefined, { clock }: Pick<Around, 'clock'>): string {
  if (atMs === undefined) return '';
  const age = Math.max(0, clock.wallMs() - atMs);
  const unit = UNITS_MS.find((one) => age >= one);
  return unit === undefined ? 'now' : `${formatDuration(Math.floor(age / unit) * unit)} ago`;
}
