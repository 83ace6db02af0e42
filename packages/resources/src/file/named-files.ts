// The files that checks name and need when they run: authorities and descriptor sets. Each is read
// once, proven, and laid into what is compiled; what is shown keeps the name.

import type { CheckSpec } from '../check.ts';
import { readAuthorities } from './certificate-authority.ts';
import type { CheckDraft } from './check-draft.ts';
import { readDescriptorSet } from './descriptor-set.ts';
import { type FileReader, unreadable } from './file-reader.ts';
import type { At, ProblemList } from './problem-list.ts';

interface LaidFiles {
  ca?: string | undefined;
  descriptorSet?: string | undefined;
}

export type NamedFiles = ReadonlyMap<CheckDraft, LaidFiles>;

type Reading = { ok: true; text: string } | { ok: false; message: string; hint: string };

/** Faults of the files join the list. */
export function readNamedFiles(
  checks: readonly CheckDraft[],
  reader: FileReader,
  list: ProblemList,
): NamedFiles {
  const readings = new Map<string, Reading>();
  const once = (at: At, key: string, read: () => Reading): string | undefined => {
    const reading = readings.get(key) ?? read();
    readings.set(key, reading);
    if (reading.ok) return reading.text;
    list.value(at, { message: reading.message, hint: reading.hint });
    return undefined;
  };
  const files = new Map<CheckDraft, LaidFiles>();
  for (const draft of checks) {
    const laid: LaidFiles = {};
    const { tls, descriptorSet } = draft.spec;
    if (tls?.ca !== undefined) {
      const at = draft.origin(['tls', 'ca']);
      const path = tls.ca.includes('-----BEGIN') ? tls.ca : reader.pathOf(at.root, tls.ca);
      laid.ca = once(at, `ca\n${path}`, () => authorities(path, reader));
    }
    if (descriptorSet !== undefined) {
      const at = draft.origin(['descriptorSet']);
      const path = reader.pathOf(at.root, descriptorSet);
      laid.descriptorSet = once(at, `set\n${path}`, () => descriptors(descriptorSet, path, reader));
    }
    if (laid.ca !== undefined || laid.descriptorSet !== undefined) files.set(draft, laid);
  }
  return files;
}

function authorities(path: string, reader: FileReader): Reading {
  const reading = readAuthorities(path, (name) => reader.read(name));
  return reading.ok ? { ok: true, text: reading.pem } : reading;
}

function descriptors(written: string, path: string, reader: FileReader): Reading {
  try {
    const reading = readDescriptorSet(written, () => reader.read(path, 'base64'));
    return reading.ok ? { ok: true, text: reading.base64 } : reading;
  } catch (error) {
    const hint = 'write the path of a descriptor set, relative to this file, or the set in base64';
    return { ok: false, message: unreadable(error), hint };
  }
}

/** A check's spec as it is compiled. */
export function withFiles(spec: CheckSpec, files: LaidFiles): CheckSpec {
  const { ca, descriptorSet } = files;
  return {
    ...spec,
    ...(ca === undefined ? {} : { tls: { ...spec.tls, ca } }),
    ...(descriptorSet === undefined ? {} : { descriptorSet }),
  };
}
