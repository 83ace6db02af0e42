// A check on its way from what was written to a resource: its fields, and for each the place it came
// from, be it the check, the defaults or an older name. Anything may be missing; rules across fields
// speak of what is there.

import type { Check, CheckSpec } from '../check.ts';
import { API_VERSION } from '../envelope.ts';
import { DEFAULT_NAMESPACE } from '../fields/name-fields.ts';
import { locate, type Path } from '../source/source-node.ts';
import type { At } from './problem-list.ts';

export interface CheckDraft {
  name: string | undefined;
  namespace: string;
  labels: Record<string, string>;
  spec: Partial<CheckSpec>;
  /** Fields that were written but are faulty: no rule may take them for left out. */
  lost: ReadonlySet<string>;
  /** Where a field was written: `name`, `namespace`, or a path in `spec`. */
  origin: (field: Path) => At;
}

export function draftKey(draft: { namespace: string; name?: string | undefined }): string {
  return `${draft.namespace}/${draft.name}`;
}

/** A draft of a check in full form: every field stands where it is. */
export function draftOfResource(check: DeepPartialCheck, at: At): CheckDraft {
  const { metadata = {}, spec = {} } = check;
  const under = (path: Path): At => ({ root: at.root, path: [...at.path, ...path] });
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? DEFAULT_NAMESPACE,
    labels: metadata.labels ?? {},
    spec,
    lost: lostFields(under(['spec']), spec),
    origin: (field) => {
      const inMetadata = field[0] === 'name' || field[0] === 'namespace';
      return under(inMetadata ? ['metadata', ...field] : ['spec', ...field]);
    },
  };
}

/** Names that stand in the source, but not among what is sound of it. */
export function lostFields(at: At, sound: object): Set<string> {
  const { node } = locate(at.root, at.path);
  const names = node?.kind === 'map' ? [...node.fields.keys()] : [];
  return new Set(names.filter((name) => !Object.hasOwn(sound, name)));
}

export interface DeepPartialCheck {
  metadata?: Partial<Check['metadata']>;
  spec?: Partial<CheckSpec>;
}

/** Only for drafts in which nothing was found wrong. */
export function resourceOf(draft: CheckDraft): Check {
  const { name, namespace, labels, spec } = draft;
  if (name === undefined || spec.target === undefined)
    throw new TypeError('the draft is not whole');
  const named =
    Object.keys(labels).length === 0 ? { name, namespace } : { name, namespace, labels };
  return {
    apiVersion: API_VERSION,
    kind: 'Check',
    metadata: named,
    spec: { ...spec, target: spec.target },
  };
}
