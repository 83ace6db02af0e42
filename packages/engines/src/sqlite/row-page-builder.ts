// Collects rows of several checks into one page of columns, with the templates and certificates that
// they refer to, each once.

import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { CheckReference } from '@holdfast/resources/result';
import { ByteWriter } from '../rows/bytes.ts';
import type { RowColumns, RowPage, TemplateRecord } from '../rows/row-columns.ts';
import { type CertificateRecord, emptyColumns } from '../rows/row-columns.ts';

const BODY_BYTES_GUESS = 192;

export class RowPageBuilder {
  readonly #columns: RowColumns;
  readonly #writer: ByteWriter;
  readonly #template: StatementSync;
  readonly #location: StatementSync;
  readonly #certificate: StatementSync;
  readonly #templates = new Map<number, TemplateRecord>();
  readonly #certificates = new Map<string, CertificateRecord>();
  /** Location id → its position in `columns.locations`. */
  readonly #locations = new Map<number, number>();

  constructor(database: DatabaseSync, capacity: number) {
    this.#columns = emptyColumns(capacity);
    this.#writer = new ByteWriter(capacity * BODY_BYTES_GUESS);
    this.#template = database.prepare(
      'SELECT id, until_ms, chain, text FROM templates WHERE id = ?',
    );
    this.#location = database.prepare('SELECT name FROM locations WHERE id = ?');
    this.#certificate = database.prepare(
      'SELECT fingerprint, until_ms, text FROM certificates WHERE fingerprint = ?',
    );
  }

  /** Returns the position to add its rows by. */
  addCheck(check: CheckReference): number {
    return this.#columns.checks.push(check) - 1;
  }

  addRows(position: number, rows: readonly SQLOutputValue[][]): void {
    for (const row of rows) this.#addRow(position, row);
  }

  finish(): RowPage {
    this.#columns.bodies = this.#writer.finish();
    const templates = [...this.#templates.values()];
    return { columns: this.#columns, templates, certificates: [...this.#certificates.values()] };
  }

  #addRow(check: number, row: readonly SQLOutputValue[]): void {
    const [plannedAtMs, location, attempt, status, totalMs, template, body] = row;
    const columns = this.#columns;
    const at = columns.count++;
    columns.check[at] = check;
    columns.plannedAtMs[at] = Number(plannedAtMs);
    columns.location[at] = this.#locationOf(Number(location));
    columns.attempt[at] = Number(attempt);
    columns.status[at] = Number(status);
    columns.totalMs[at] = Number(totalMs);
    columns.template[at] = Number(template);
    this.#writer.bytes(body as Uint8Array);
    columns.bodyEnd[at] = this.#writer.length;
    this.#addTemplate(Number(template));
  }

  #locationOf(id: number): number {
    const known = this.#locations.get(id);
    if (known !== undefined) return known;
    const position = this.#columns.locations.push(String(this.#location.get(id)?.name ?? '')) - 1;
    this.#locations.set(id, position);
    return position;
  }

  #addTemplate(id: number): void {
    if (this.#templates.has(id)) return;
    const row = this.#template.get(id);
    if (row === undefined) return;
    const chain = String(row.chain);
    this.#templates.set(id, { id, untilMs: Number(row.until_ms), text: String(row.text), chain });
    if (chain === '') return;
    for (const fingerprint of JSON.parse(chain) as string[]) this.#addCertificate(fingerprint);
  }

  #addCertificate(fingerprint: string): void {
    if (this.#certificates.has(fingerprint)) return;
    const row = this.#certificate.get(fingerprint);
    if (row === undefined) return;
    const record = { fingerprint, untilMs: Number(row.until_ms), text: String(row.text) };
    this.#certificates.set(fingerprint, record);
  }
}
