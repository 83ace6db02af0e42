// The files that checks and tokens name and need when they run: authorities, certificates, descriptor
// sets, schemas. Each is read once, proven, and laid into what is compiled; what is shown keeps the
// name. Private keys are not read: their name becomes a placeholder, which the agent fills.

import type { CheckSpec } from '../check.ts';
import type { Token } from '../token.ts';
import { readAuthorities } from './certificate-authority.ts';
import type { CheckDraft } from './check-draft.ts';
import { readDescriptorSet } from './descriptor-set.ts';
import type { Named } from './file-contents.ts';
import { type FileReader, unreadable } from './file-reader.ts';
import { provenSchema, readSchemaFile } from './json-schema-file.ts';
import type { At, ProblemList } from './problem-list.ts';

type Tls = NonNullable<CheckSpec['tls']>;
type Client = NonNullable<Tls['client']>;

interface LaidFiles {
  tls?: Tls;
  descriptorSet?: string;
  jsonSchema?: unknown;
}

export type NamedFiles = ReadonlyMap<CheckDraft, LaidFiles>;

type Reading<T> = { ok: true; value: T } | { ok: false; message: string; hint: string };
type Place = (...field: string[]) => At;

export class NamedFileReader {
  readonly #reader: FileReader;
  readonly #list: ProblemList;
  readonly #readings = new Map<string, Reading<unknown>>();

  constructor(reader: FileReader, list: ProblemList) {
    this.#reader = reader;
    this.#list = list;
  }

  /** Of all checks that name some. Faults of the files join the list. */
  ofChecks(checks: readonly CheckDraft[]): NamedFiles {
    const files = new Map<CheckDraft, LaidFiles>();
    for (const draft of checks) {
      const { tls, descriptorSet, expect } = draft.spec;
      const place: Place = (...field) => draft.origin(field);
      const laid: LaidFiles = {};
      if (tls !== undefined) laid.tls = this.#tls(tls, place);
      if (descriptorSet !== undefined)
        laid.descriptorSet = this.#descriptorSet(descriptorSet, place('descriptorSet'));
      if (expect?.jsonSchema !== undefined)
        laid.jsonSchema = this.#schema(expect.jsonSchema, place('expect', 'jsonSchema'));
      if (Object.keys(laid).length > 0) files.set(draft, laid);
    }
    return files;
  }

  /** Of all tokens that name some, by name. */
  ofTokens(tokens: readonly Named<Token>[]): ReadonlyMap<string, Tls> {
    const files = new Map<string, Tls>();
    for (const { name, resource, at } of tokens) {
      if (name === undefined || resource?.spec.tls === undefined) continue;
      const under = at.path[0] === 'tokens' ? [] : ['spec'];
      const place: Place = (...field) => ({
        root: at.root,
        path: [...at.path, ...under, ...field],
      });
      files.set(name, this.#tls(resource.spec.tls, place));
    }
    return files;
  }

  #tls(written: Tls, place: Place): Tls {
    const { ca, client, ...rest } = written;
    const tls: Tls = rest;
    if (ca !== undefined) tls.ca = this.#certificates(ca, place('tls', 'ca'));
    // Either may be missing: then it was told already.
    const { certificate, key }: Partial<Client> = client ?? {};
    if (certificate !== undefined && key !== undefined)
      tls.client = {
        certificate: this.#certificates(certificate, place('tls', 'client', 'certificate')),
        key: this.#key(key, place('tls', 'client', 'key')),
      };
    return tls;
  }

  #certificates(written: string, at: At): string {
    const path = written.includes('-----BEGIN') ? written : this.#reader.pathOf(at.root, written);
    return this.#once(at, `ca\n${path}`, written, () => {
      const reading = readAuthorities(path, (name) => this.#reader.read(name));
      return reading.ok ? { ok: true, value: reading.pem } : reading;
    });
  }

  /** As the agent fills it. */
  #key(written: string, at: At): string {
    if (written.includes('-----BEGIN')) {
      const whole = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[^-]+-----END \1-----/.test(written);
      const hint = 'write the path of its file instead, so that it does not stand here';
      if (!whole) this.#list.value(at, { message: 'holds no private key', hint });
      return written;
    }
    if (written.includes('${')) return written;
    const path = this.#reader.absolute(at.root, written);
    if (written !== '' && !path.includes('}')) return `\${file:${path}}`;
    const hint = 'write the path of a PEM file, relative to this file, or a placeholder';
    this.#list.value(at, { message: 'is no path of a file', hint });
    return written;
  }

  #descriptorSet(written: string, at: At): string {
    const path = this.#reader.pathOf(at.root, written);
    return this.#once(at, `set\n${path}`, written, () => {
      try {
        const reading = readDescriptorSet(written, () => this.#reader.read(path, 'base64'));
        return reading.ok ? { ok: true, value: reading.base64 } : reading;
      } catch (error) {
        const hint =
          'write the path of a descriptor set, relative to this file, or the set in base64';
        return { ok: false, message: unreadable(error), hint };
      }
    });
  }

  #schema(written: string | Record<string, unknown>, at: At): unknown {
    const named = typeof written === 'string';
    const path = named ? this.#reader.pathOf(at.root, written) : JSON.stringify(written);
    return this.#once<unknown>(at, `schema\n${path}`, written, () => {
      const reading = named ? readSchemaFile(() => this.#reader.read(path)) : provenSchema(written);
      return reading.ok ? { ok: true, value: reading.schema } : reading;
    });
  }

  /** Gives back what was written where something is wrong with it. */
  #once<T>(at: At, key: string, written: T, read: () => Reading<T>): T {
    const reading = (this.#readings.get(key) as Reading<T> | undefined) ?? read();
    this.#readings.set(key, reading);
    if (reading.ok) return reading.value;
    this.#list.value(at, { message: reading.message, hint: reading.hint });
    return written;
  }
}

/** A check's spec as it is compiled. */
export function withFiles(spec: CheckSpec, files: LaidFiles): CheckSpec {
  const { tls, descriptorSet, jsonSchema } = files;
  return {
    ...spec,
    ...(tls === undefined ? {} : { tls }),
    ...(descriptorSet === undefined ? {} : { descriptorSet }),
    ...(jsonSchema === undefined
      ? {}
      : { expect: { ...spec.expect, jsonSchema: jsonSchema as Record<string, unknown> } }),
  };
}
