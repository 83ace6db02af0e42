// A check while it is written. The text is the truth: the form reads a tree out of it and puts changes
// back into it, and what the form does not know stays as it was. Pure.

import { recordOf } from '../parts/detail-shape.ts';
import { yamlText } from '../parts/yaml-text.ts';
import { readYaml } from './yaml-reading.ts';

export type Tree = Record<string, unknown>;

export interface Draft {
  /** The whole file. */
  root: Tree;
  /** Its first check. */
  check: Tree;
}

const FIRST = { name: 'my-service', target: 'https://example.com/health', interval: '30s' };

export function firstText(): string {
  return textOfCheck(FIRST);
}

export function textOfCheck(check: Tree): string {
  return yamlText({ checks: [check] });
}

/** undefined when the form cannot follow the text. */
export function readDraft(text: string): Draft | undefined {
  const root = recordOf(readYaml(text));
  if (root === undefined) return undefined;
  const checks: unknown = root.checks ?? [];
  if (!Array.isArray(checks)) return undefined;
  const check = checks.length === 0 ? {} : recordOf(checks[0]);
  return check === undefined ? undefined : { root, check };
}

/** The text with another first check; comments do not survive it. */
export function textWith({ root }: Draft, check: Tree): string {
  const others: unknown[] = Array.isArray(root.checks) ? root.checks.slice(1) : [];
  return yamlText({ ...root, checks: [check, ...others] });
}

/** `expect.status` → the value there. */
export function valueAt(tree: Tree, path: string): unknown {
  let value: unknown = tree;
  for (const name of path.split('.')) value = recordOf(value)?.[name];
  return value;
}

/** A copy with another value there; undefined takes it away, and with it what is left empty. */
export function withValue(tree: Tree, path: string, value: unknown): Tree {
  const [name = '', ...rest] = path.split('.');
  if (rest.length === 0) {
    const { [name]: _before, ...others } = tree;
    if (value === undefined) return others;
    return name in tree
      ? Object.fromEntries(Object.entries({ ...tree, [name]: value }))
      : { ...others, [name]: value };
  }
  const inner = withValue(recordOf(tree[name]) ?? {}, rest.join('.'), value);
  return withValue(tree, name, Object.keys(inner).length === 0 ? undefined : inner);
}

/** A check as the server tells of it, in the terse form of a file, under another name. */
export function copyOfResource(resource: unknown): Tree {
  const { metadata, spec } = recordOf(resource) ?? {};
  const { name, namespace, labels } = recordOf(metadata) ?? {};
  const named = { name: `${typeof name === 'string' ? name : 'check'}-copy` };
  const { url, ...fields } = recordOf(spec) ?? {};
  return {
    ...named,
    ...(typeof namespace === 'string' && namespace !== 'default' ? { namespace } : {}),
    ...(url === undefined || 'target' in fields ? {} : { target: url }),
    ...fields,
    ...(Object.keys(recordOf(labels) ?? {}).length === 0 ? {} : { labels }),
  };
}

/** The path of a problem within the first check: `checks[0].expect.status` → `expect.status`. */
export function fieldOfProblem(path: string): string | undefined {
  const [, own] = /^checks\[0\]\.(.+)$/.exec(path) ?? [];
  return own;
}
