// Secrets in checks are placeholders until the moment of use: `${env:NAME}`, `${file:PATH}` and
// `${token:NAME}`; `$${` writes a plain `${`. Every value filled in is remembered, in the spellings a
// server may echo it in, and hidden from all that leaves: each run has secrets of its own. Values
// shorter than REDACTED_LENGTH_MIN are not searched for: hiding each "a" would destroy the result and
// tell the secret by the holes. `${uuid}` is no secret but the name of the run, told with its result.

import { open } from 'node:fs/promises';
import { type Chance, fault, systemChance } from '@holdfast/kernel';
import type { Outcome, Secrets } from './prober.ts';

export interface SecretSources {
  environment: Record<string, string | undefined>;
  /** Gives the file's text, rejects when it cannot be read. */
  readFile: (path: string) => Promise<string> | string;
  /** Of `${uuid}`; default the system's. */
  chance?: Chance;
}

export const SECRET_MASK = '<secret>';
const REDACTED_LENGTH_MIN = 4;
/** Spellings remembered; a check has a handful, and who fills for longer forgets the oldest. */
const HIDDEN_MAX = 1024;
const ELLIPSIS = '…';
const SECRET_FILE_BYTES_MAX = 64 * 1024;
const PLACEHOLDER = /\$\$\{|\$\{(env|file|token):([^}]*)\}|\$\{(uuid)\}/g;

/** Whether filling the text would change it. */
export function holdsPlaceholder(text: string): boolean {
  return text.search(PLACEHOLDER) >= 0;
}

/** The text as people may see it: placeholders as `<secret>`. */
export function maskPlaceholders(text: string): string {
  return text.replace(PLACEHOLDER, (whole, source, _name, uuid) => {
    if (source !== undefined) return SECRET_MASK;
    return uuid === undefined ? '${' : whole;
  });
}

export class RunSecrets implements Secrets {
  readonly #sources: SecretSources;
  #tokens: ReadonlyMap<string, string> | undefined;
  #uuid: string | undefined;
  #hidden: Set<string> | undefined;
  /** Finds any of them; made when it is first needed after a change. */
  #search: RegExp | undefined;

  constructor(sources: SecretSources) {
    this.#sources = sources;
  }

  async fill(text: string): Promise<Outcome<string>> {
    let filled = '';
    let end = 0;
    for (const match of text.matchAll(PLACEHOLDER)) {
      const [whole, source, name = '', uuid] = match;
      let value = uuid === undefined ? '${' : this.#ownUuid();
      if (source !== undefined) {
        const read = await this.#read(source, name);
        if (!read.ok) return read;
        value = read.value;
        this.hide(value);
      }
      filled += text.slice(end, match.index) + value;
      end = match.index + whole.length;
    }
    return { ok: true, value: filled + text.slice(end) };
  }

  /** What `${token:NAME}` stands for from now on. */
  adoptTokens(tokens: ReadonlyMap<string, string>): void {
    this.#tokens = tokens;
  }

  /** What `${uuid}` stood for; absent when nobody asked. */
  get uuid(): string | undefined {
    return this.#uuid;
  }

  hide(value: string): void {
    if (value.length < REDACTED_LENGTH_MIN) return;
    this.#hidden ??= new Set();
    this.#search = undefined;
    for (const spelling of spellingsOf(value)) this.#hidden.add(spelling);
    for (const oldest of this.#hidden) {
      if (this.#hidden.size <= HIDDEN_MAX) break;
      this.#hidden.delete(oldest);
    }
  }

  /** Whether anything has to be hidden at all. */
  get any(): boolean {
    return this.#hidden !== undefined;
  }

  redact(text: string): string {
    if (this.#hidden === undefined) return text;
    this.#search ??= searchFor(this.#hidden);
    return withoutCutSecrets(text.replace(this.#search, SECRET_MASK), this.#hidden);
  }

  #ownUuid(): string {
    this.#uuid ??= newUuid(this.#sources.chance ?? systemChance);
    return this.#uuid;
  }

  async #read(source: string, name: string): Promise<Outcome<string>> {
    if (source === 'token') {
      const value = this.#tokens?.get(name);
      if (value !== undefined) return { ok: true, value };
      return missing(`The check knows no token ${name}.`);
    }
    if (source === 'env') {
      const value = this.#sources.environment[name];
      if (value !== undefined) return { ok: true, value };
      return missing(`The environment variable ${name} is not set.`);
    }
    try {
      // Files usually end with a line break that is not part of the secret.
      return { ok: true, value: (await this.#sources.readFile(name)).replace(/\r?\n$/, '') };
    } catch (error) {
      const reason = (error as { code?: string }).code ?? String(error);
      return missing(`The secret file ${name} cannot be read: ${reason}.`);
    }
  }
}

/** Reads a whole file, refusing one that is too large to be a secret. */
export async function readSecretFile(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(SECRET_FILE_BYTES_MAX + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    if (bytesRead > SECRET_FILE_BYTES_MAX) throw new Error('larger than 64 KiB');
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Version 4: 122 bits of chance (RFC 9562 section 5.4). */
function newUuid(chance: Chance): string {
  const hex = (digits: number) =>
    chance
      .integer(16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  const variant = (8 + chance.integer(4)).toString(16);
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(6)}${hex(6)}`;
}

function missing(message: string): { ok: false; fault: ReturnType<typeof fault> } {
  return { ok: false, fault: fault('PROBER_SECRET_MISSING', message) };
}

/** Longest first, so that no part of a longer one is left standing; literal texts only, so it cannot backtrack. */
function searchFor(values: Set<string>): RegExp {
  const longestFirst = [...values].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((value) => RegExp.escape(value)).join('|'), 'g');
}

/** Texts are cut at their end or before an ellipsis: what stands there may be the beginning of a secret. */
function withoutCutSecrets(text: string, values: Set<string>): string {
  const parts = text.split(ELLIPSIS);
  return parts.map((part) => withoutCutSecret(part, values)).join(ELLIPSIS);
}

function withoutCutSecret(text: string, values: Set<string>): string {
  for (const value of values) {
    const beginning = value.slice(0, REDACTED_LENGTH_MIN);
    let at = text.indexOf(beginning, Math.max(0, text.length - value.length));
    while (at >= 0) {
      if (value.startsWith(text.slice(at))) return text.slice(0, at) + SECRET_MASK;
      at = text.indexOf(beginning, at + 1);
    }
  }
  return text;
}

/** As written, in a URL, in a form, in JSON, in an Authorization header. */
function spellingsOf(value: string): string[] {
  const wellFormed = value.toWellFormed();
  const inUrl = encodeURIComponent(wellFormed);
  return [
    value,
    inUrl,
    inUrl.replaceAll('%20', '+'),
    encodeURI(wellFormed),
    new URLSearchParams({ v: value }).toString().slice(2),
    JSON.stringify(value).slice(1, -1),
    Buffer.from(value).toString('base64'),
  ];
}
