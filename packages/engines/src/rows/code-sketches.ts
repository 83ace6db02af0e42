// Latency by code within one rollup bucket. The commonest bucket has runs that were all up with one
// code: then the sketch of the bucket is that code's sketch too, and only its name is kept (`upCode`).
// Codes beyond that have sketches of their own; there are never more than a bounded number.

import { LatencySketch } from '@holdfast/kernel';
import { OTHER_CODES } from '../results/code-of.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

/** Told apart in one bucket; runs with any further code are counted together. */
const CODES_MAX = 16;
const BYTES_GUESS = 128;

export interface CodeSketches {
  /** The code of all up runs and of no other run. */
  upCode: string | undefined;
  own: Map<string, LatencySketch> | undefined;
}

export interface CodedRun {
  code: string | undefined;
  isUp: boolean;
  totalMs: number;
}

/** `up` is the sketch of the bucket's up runs as it was before this run. */
export function addCodedRun(to: CodeSketches, run: CodedRun, up: LatencySketch | undefined): void {
  const { code, isUp, totalMs } = run;
  if (isUp && code === to.upCode) return;
  const isRoom = (to.own?.size ?? 0) < CODES_MAX;
  if (isUp && up === undefined && isRoom && code !== undefined && to.own?.has(code) !== true) {
    to.upCode = code;
    return;
  }
  if (isUp || code === to.upCode) splitUpCode(to, up);
  if (code === undefined) return;
  ownSketch(to, code).add(totalMs);
}

/** Adds the runs of another bucket of the same check; `toUp` and `fromUp` as they were before. */
export function mergeCodeSketches(
  to: CodeSketches,
  toUp: LatencySketch | undefined,
  from: CodeSketches,
  fromUp: LatencySketch | undefined,
): void {
  const upCode = sharedUpCode(to, toUp, from, fromUp);
  if (upCode !== undefined) to.upCode = upCode;
  else {
    splitUpCode(to, toUp);
    if (from.upCode !== undefined && fromUp !== undefined) ownSketch(to, from.upCode).merge(fromUp);
  }
  for (const [code, sketch] of from.own ?? []) ownSketch(to, code).merge(sketch);
}

/** What a bucket holds in all, added to `sums`. */
export function mergeCodes(
  sums: Map<string, LatencySketch>,
  { upCode, own }: CodeSketches,
  up: LatencySketch | undefined,
): void {
  if (upCode !== undefined && up !== undefined) mergeInto(sums, upCode, up);
  for (const [code, sketch] of own ?? []) mergeInto(sums, code, sketch);
}

/** Null when there is nothing but the code of the up runs. */
export function encodeOwn(own: Map<string, LatencySketch> | undefined): Uint8Array | null {
  if (own === undefined) return null;
  const writer = new ByteWriter(BYTES_GUESS * own.size);
  for (const [code, sketch] of own)
    for (const bytes of [Buffer.from(code), sketch.encode()]) {
      writer.varint(bytes.length);
      writer.bytes(bytes);
    }
  return writer.finish();
}

/** Throws a RangeError or STORE_FAILED for bytes that `encodeOwn` cannot have written. */
export function decodeOwn(bytes: Uint8Array): Map<string, LatencySketch> {
  const own = new Map<string, LatencySketch>();
  const reader = new ByteReader(bytes);
  while (reader.at < bytes.length) {
    const code = reader.text(endOf(reader, bytes));
    const end = endOf(reader, bytes);
    own.set(code, LatencySketch.decode(bytes.subarray(reader.at, end)));
    reader.at = end;
  }
  return own;
}

function endOf(reader: ByteReader, bytes: Uint8Array): number {
  const length = reader.varint();
  if (reader.at + length > bytes.length) throw new RangeError('Latency by code ends too early');
  return reader.at + length;
}

/** The one code of all up runs of both, when no other run of either has it. */
function sharedUpCode(
  to: CodeSketches,
  toUp: LatencySketch | undefined,
  from: CodeSketches,
  fromUp: LatencySketch | undefined,
): string | undefined {
  const [first, other] = toUp === undefined ? [from, from] : [to, fromUp === undefined ? to : from];
  const code = first.upCode;
  if (code === undefined || other.upCode !== code) return undefined;
  if (to.own?.has(code) === true || from.own?.has(code) === true) return undefined;
  return to.upCode === code || (to.own?.size ?? 0) < CODES_MAX ? code : undefined;
}

/** From here on the up runs' code has a sketch of its own, as all others. */
function splitUpCode(to: CodeSketches, up: LatencySketch | undefined): void {
  if (to.upCode === undefined) return;
  to.own ??= new Map();
  if (up !== undefined) mergeInto(to.own, to.upCode, up);
  to.upCode = undefined;
}

function ownSketch(to: CodeSketches, code: string): LatencySketch {
  to.own ??= new Map();
  const known = to.own.get(code);
  if (known !== undefined) return known;
  const held = to.own.size + (to.upCode === undefined ? 0 : 1);
  const isRoom = held - (to.own.has(OTHER_CODES) ? 1 : 0) < CODES_MAX;
  const name = isRoom ? code : OTHER_CODES;
  const sketch = to.own.get(name) ?? new LatencySketch();
  to.own.set(name, sketch);
  return sketch;
}

function mergeInto(sums: Map<string, LatencySketch>, code: string, sketch: LatencySketch): void {
  const known = sums.get(code);
  if (known !== undefined) {
    known.merge(sketch);
    return;
  }
  const sum = new LatencySketch();
  sum.merge(sketch);
  sums.set(code, sum);
}
