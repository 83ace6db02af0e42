// A whole configuration as resources that need nothing beside them: defaults merged, targets
// expanded, named files laid in, a preset spelt out. Loaded again they give the same configuration.
// Secrets stand in them as they were written: they are for a store, never for a page.

import type { Check } from '../check.ts';
import { API_VERSION } from '../envelope.ts';
import type { FaultTableResource } from '../fault-table-resource.ts';
import type { Resource } from '../mask-secrets.ts';
import type { Namespace } from '../namespace.ts';
import type { Preset } from '../presets.ts';
import { SETTINGS_NAME, type Settings } from '../settings.ts';
import type { Token } from '../token.ts';
import type { FileContents, Named } from './file-contents.ts';

/** Of what has no resource of its own in a file. */
export function houseResources(contents: FileContents, preset: Preset | undefined): Resource[] {
  return [...namespacesOf(contents), ...settingsOf(contents, preset)];
}

/** `checks` and `tokens` with the files that they name. For contents in which nothing was found wrong. */
export function writtenResources(
  contents: FileContents,
  checks: readonly Check[],
  tokens: ReadonlyMap<string, NonNullable<Token['spec']['tls']>>,
  preset: Preset | undefined,
): Resource[] {
  const withTls = wholeResources(contents.tokens).map((token) => {
    const tls = tokens.get(token.metadata.name);
    return tls === undefined ? token : { ...token, spec: { ...token.spec, tls } };
  });
  const named: Resource[] = [
    ...wholeResources(contents.rules),
    ...wholeResources(contents.channels),
    ...withTls,
    ...wholeResources(contents.pools),
    ...oneFaultTable(contents),
  ];
  return [...checks, ...named.map(ofAllNamespaces), ...houseResources(contents, preset)];
}

export function wholeResources<R>(entries: readonly Named<R>[]): R[] {
  return entries.flatMap(({ resource }) => (resource === undefined ? [] : [resource]));
}

/** Whatever namespace stands there: these kinds hold for all, and are known by their names alone. */
function ofAllNamespaces(resource: Resource): Resource {
  const { namespace: _, ...metadata } = resource.metadata;
  return { ...resource, metadata } as Resource;
}

/** The order of entries decides, and a store would order several tables by their names. */
function oneFaultTable({ faultTables }: FileContents): FaultTableResource[] {
  const tables = wholeResources(faultTables);
  const [first, ...others] = tables;
  if (first === undefined || others.length === 0) return tables;
  const entries = tables.flatMap(({ spec }) => spec.entries);
  return [{ ...first, metadata: { name: 'faults' }, spec: { entries } }];
}

function namespacesOf({ namespaces }: FileContents): Namespace[] {
  return namespaces.flatMap(({ name, limits, access }) => {
    if (name === undefined) return [];
    const spec = {
      ...(Object.keys(limits).length === 0 ? {} : { limits }),
      ...(access.length === 0 ? {} : { access: access as Namespace['spec']['access'] }),
    };
    return [{ apiVersion: API_VERSION, kind: 'Namespace', metadata: { name }, spec }];
  });
}

function settingsOf(contents: FileContents, preset: Preset | undefined): Settings[] {
  const { egress, retention, limits } = contents;
  const spec = {
    ...(egress === undefined ? {} : { egress: egress.value }),
    ...laid('retention', preset?.retention, retention?.value),
    ...laid(
      'limits',
      preset?.limits && { ...preset.limits, interval: { ...preset.limits.interval } },
      limits && {
        ...limits.value,
        ...(limits.value.interval === undefined
          ? {}
          : { interval: { ...preset?.limits?.interval, ...limits.value.interval } }),
      },
    ),
  };
  if (Object.keys(spec).length === 0) return [];
  return [{ apiVersion: API_VERSION, kind: 'Settings', metadata: { name: SETTINGS_NAME }, spec }];
}

function laid<K extends string, T extends object>(
  name: K,
  under: T | undefined,
  over: T | undefined,
): { [P in K]?: T } {
  const both = { ...under, ...over } as T;
  if (Object.keys(both).length === 0) return {};
  return { [name]: both } as { [P in K]?: T };
}
