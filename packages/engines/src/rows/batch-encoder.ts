// Makes columns of results, on the caller's side, where the objects are: comparing a run with its
// template costs less than writing it out as JSON, and what is left is small. It remembers which
// templates the store has; after any doubt (`reset`) it starts anew and says so by `fresh`.

import type { CertificateFacts, ProbeResult } from '@holdfast/resources/result';
import { codeOf } from '../results/code-of.ts';
import { ByteWriter } from './bytes.ts';
import {
  type CertificateRecord,
  checkText,
  Dictionary,
  emptyColumns,
  type RowColumns,
  type RowPage,
  STATUSES,
  type TemplateRecord,
} from './row-columns.ts';
import { Template } from './template.ts';

/** Templates are renewed four times a day, so that retention frees old ones. */
export const TEMPLATE_SLOT_MS = 6 * 3_600_000;
/** Two kinds of outcome for each of 10,000 checks; one takes some 5 kB. */
const TEMPLATES_MAX = 20_000;
/** A patch is long when it is longer than this and than half its template … */
const LONG_PATCH_CHARACTERS = 256;
/** … and then a template that served so many rows makes way for a new one. */
const RENEWAL_ROWS_MIN = 8;
const STATUS_NUMBERS = new Map(STATUSES.map((status, index) => [status, index]));
const NO_CHAIN: CertificateFacts[] = [];
const CHAIN_PATH = ['context', 'tls', 'chain'];
const BODY_BYTES_GUESS = 192;

interface KnownTemplate {
  id: number;
  untilMs: number;
  template: Template;
  characters: number;
  chain: readonly string[];
  rows: number;
}

export interface RowBatch extends RowPage {
  /** True: needs no template sent before. */
  fresh: boolean;
  /** Positions in the input of rows that JSON cannot write; they are not in the columns. */
  refused: number[];
  /** What `code` indexes; the first stands for none. */
  codes: string[];
  /** By row: the code of its answer. Rows do not keep it, rollups count by it. */
  code: Uint32Array<ArrayBuffer>;
}

/** Writes what a row has beside its columns, and its patch; the form is the engine's. */
export type BodyWriter = (
  writer: ByteWriter,
  plannedAtMs: number,
  row: ProbeResult,
  patch: string,
) => void;

export class BatchEncoder {
  readonly #writeBody: BodyWriter;
  readonly #known = new Map<string, KnownTemplate>();
  #nextTemplateId = 1;
  #fresh = true;
  #lastParts: readonly string[] = [];
  #lastVariant = '';

  constructor(writeBody: BodyWriter) {
    this.#writeBody = writeBody;
  }

  /** Forgets what the store has. Ids go on from the greater of what both sides know. */
  reset(nextTemplateId: number): void {
    this.#known.clear();
    this.#nextTemplateId = Math.max(this.#nextTemplateId, nextTemplateId);
    this.#fresh = true;
  }

  encode(rows: readonly ProbeResult[], nowMs: number): RowBatch {
    const batch = new Batch(rows.length, this.#writeBody);
    const refused: number[] = [];
    for (const [index, row] of rows.entries()) {
      const lengthBefore = batch.writer.length;
      try {
        this.#encodeRow(row, nowMs, batch);
      } catch {
        batch.writer.length = lengthBefore;
        refused.push(index);
      }
    }
    const fresh = this.#fresh;
    this.#fresh = false;
    return { ...batch.finish(), fresh, refused };
  }

  #encodeRow(row: ProbeResult, nowMs: number, batch: Batch): void {
    const chain = chainOf(row);
    const variant = this.#variantOf(row, chain);
    const latestMs = Math.max(row.key.plannedAtMs, nowMs);
    const known = this.#known.get(variant);
    if (known !== undefined && latestMs < known.untilMs && isSameChain(known.chain, chain)) {
      const patch = known.template.diff(treeOf(row), CHAIN_PATH);
      if (!isLong(patch, known)) {
        known.rows += 1;
        batch.add(row, known.id, patch);
        return;
      }
    }
    batch.add(row, this.#learn(variant, withoutChain(row), chain, latestMs, batch), '');
  }

  /** Runs of one variant look alike: same check and place, same outcome, same certificate. */
  #variantOf({ key, status, fault }: ProbeResult, chain: readonly CertificateFacts[]): string {
    const { namespace, check, location } = key;
    const parts = [namespace, check, location, status, fault?.code ?? ''];
    parts.push(chain[0]?.fingerprint256 ?? '');
    // Nearly always that of the row before: then there is no text to make and to hash.
    if (parts.every((part, index) => part === this.#lastParts[index])) return this.#lastVariant;
    this.#lastParts = parts;
    this.#lastVariant = parts.join('\0');
    return this.#lastVariant;
  }

  /** Makes the row a template of its own and returns its id. */
  #learn(
    variant: string,
    tree: Tree,
    chain: readonly CertificateFacts[],
    latestMs: number,
    batch: Batch,
  ): number {
    const text = JSON.stringify(tree);
    const known: KnownTemplate = {
      id: this.#nextTemplateId++,
      untilMs: (Math.floor(latestMs / TEMPLATE_SLOT_MS) + 1) * TEMPLATE_SLOT_MS,
      template: new Template(JSON.parse(text)),
      characters: text.length,
      chain: chain.map((certificate) => certificate.fingerprint256),
      rows: 1,
    };
    batch.addTemplate(known.id, known.untilMs, text, chain);
    this.#known.delete(variant);
    this.#known.set(variant, known);
    if (this.#known.size > TEMPLATES_MAX) this.#known.delete(this.#known.keys().next().value ?? '');
    return known.id;
  }
}

type Tree = Record<string, unknown>;

/** The columns while they grow. */
class Batch {
  readonly writer: ByteWriter;
  readonly #writeBody: BodyWriter;
  readonly #columns: RowColumns;
  readonly #checks = new Dictionary<RowColumns['checks'][number]>();
  #lastCheck = 0;
  readonly #locations = new Dictionary<string>();
  readonly #codes = new Dictionary<string>();
  readonly #code: Uint32Array<ArrayBuffer>;
  readonly #templates: TemplateRecord[] = [];
  readonly #certificates = new Map<string, CertificateRecord>();

  constructor(capacity: number, writeBody: BodyWriter) {
    this.#writeBody = writeBody;
    this.#columns = emptyColumns(capacity);
    this.#code = new Uint32Array(capacity);
    this.#codes.indexOf('', () => '');
    this.writer = new ByteWriter(capacity * BODY_BYTES_GUESS);
  }

  add(row: ProbeResult, template: number, patch: string): void {
    const { key } = row;
    const columns = this.#columns;
    this.#writeBody(this.writer, key.plannedAtMs, row, patch);
    const at = columns.count++;
    columns.check[at] = this.#checkOf(key);
    columns.location[at] = this.#locations.indexOf(key.location, () => key.location);
    const code = codeOf(row) ?? '';
    this.#code[at] = this.#codes.indexOf(code, () => code);
    columns.plannedAtMs[at] = key.plannedAtMs;
    columns.attempt[at] = key.attempt;
    columns.status[at] = STATUS_NUMBERS.get(row.status) ?? 0;
    columns.totalMs[at] = row.totalMs;
    columns.template[at] = template;
    columns.bodyEnd[at] = this.writer.length;
  }

  #checkOf({ namespace, check }: ProbeResult['key']): number {
    const last = this.#checks.values[this.#lastCheck];
    if (last?.check === check && last.namespace === namespace) return this.#lastCheck;
    const reference = { namespace, check };
    this.#lastCheck = this.#checks.indexOf(checkText(reference), () => reference);
    return this.#lastCheck;
  }

  addTemplate(id: number, untilMs: number, text: string, chain: readonly CertificateFacts[]): void {
    const fingerprints = chain.map((certificate) => certificate.fingerprint256);
    const chainText = chain.length === 0 ? '' : JSON.stringify(fingerprints);
    this.#templates.push({ id, untilMs, text, chain: chainText });
    for (const certificate of chain) {
      const fingerprint = certificate.fingerprint256;
      this.#certificates.set(fingerprint, {
        fingerprint,
        untilMs,
        text: JSON.stringify(certificate),
      });
    }
  }

  finish(): RowPage & Pick<RowBatch, 'codes' | 'code'> {
    const columns = this.#columns;
    columns.checks = this.#checks.values;
    columns.locations = this.#locations.values;
    columns.bodies = this.writer.finish();
    const certificates = [...this.#certificates.values()];
    const codes = this.#codes.values;
    return { columns, templates: this.#templates, certificates, codes, code: this.#code };
  }
}

/** Everything of a run that a template holds, and the chain, which stands beside it. */
function treeOf({ kind, target, agent, fault, context, detail }: ProbeResult): Tree {
  return { kind, target, agent, fault, context, detail };
}

function withoutChain(row: ProbeResult): Tree {
  const { tls } = row.context;
  if (tls === undefined) return treeOf(row);
  const context = { ...row.context, tls: { ...tls, chain: NO_CHAIN } };
  return { ...treeOf(row), context };
}

function chainOf(row: ProbeResult): readonly CertificateFacts[] {
  return row.context.tls?.chain ?? NO_CHAIN;
}

function isSameChain(known: readonly string[], chain: readonly CertificateFacts[]): boolean {
  if (known.length !== chain.length) return false;
  // The leaf is part of the variant.
  for (let index = 1; index < known.length; index += 1)
    if (chain[index]?.fingerprint256 !== known[index]) return false;
  return true;
}

function isLong(patch: string, known: KnownTemplate): boolean {
  if (patch.length <= LONG_PATCH_CHARACTERS || known.rows < RENEWAL_ROWS_MIN) return false;
  return patch.length > known.characters / 2;
}
