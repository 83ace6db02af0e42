// The fields of one head or of the trailers, as they come out of HPACK: held to the rules for answers
// (RFC 9113 section 8.2 and 8.3) and to the same limits as a head of HTTP/1.1. What is too much is not
// kept, and what breaks a rule is told; neither harms the other streams of the connection.

import { HeaderFields } from '../http/response-head.ts';

export const HEAD_BYTES_MAX = 64 * 1024;
export const HEADERS_MAX = 200;

const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const STATUS = /^[1-9]\d\d$/;
/** They belong to a connection of HTTP/1.1 (RFC 9113 section 8.2.2). */
const CONNECTION_FIELDS = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);
const SHOWN_LENGTH_MAX = 60;

export class FieldSection {
  readonly fields = new HeaderFields();
  /** 0: there is none, as in trailers. */
  status = 0;
  /** What breaks the rules first. */
  problem: string | undefined;
  tooLarge = false;
  #bytes = 0;

  add(name: string, value: string): void {
    this.#bytes += name.length + value.length;
    this.tooLarge ||= this.#bytes > HEAD_BYTES_MAX || this.fields.names.length >= HEADERS_MAX;
    if (this.tooLarge || this.problem !== undefined) return;
    if (name.startsWith(':')) this.#addPseudo(name, value);
    else this.#addField(name, value);
  }

  #addPseudo(name: string, value: string): void {
    const misplaced = this.status > 0 || this.fields.names.length > 0;
    if (name === ':status' && STATUS.test(value) && !misplaced) this.status = Number(value);
    else this.problem = `it has the field ${shown(`${name}: ${value}`)} out of its place`;
  }

  #addField(name: string, value: string): void {
    if (!NAME.test(name)) this.problem = `${shown(name)} is no field name`;
    else if (CONNECTION_FIELDS.has(name)) this.problem = `it has the field ${name} of HTTP/1.1`;
    else if (!VALUE.test(value)) this.problem = `the field ${name} has control characters`;
    // Space around a value is against the rules too, but means the same to everybody.
    else this.fields.add(name, value.trim());
  }
}

function shown(text: string): string {
  return JSON.stringify(text.replace(/[^\x20-\x7e]/g, '?').slice(0, SHOWN_LENGTH_MAX));
}
