// Denial by hashed names (RFC 5155 section 8). Hashes cost the one who checks them: zones that ask for
// more than 100 iterations are as good as unsigned (RFC 9276), and each name is hashed once.

import { createHash } from 'node:crypto';
import { lacks, type Nsec3Data, readNsec3 } from './nsec-data.ts';
import type { Denial, Proof } from './proof.ts';
import { type RecordSet, TYPE } from './signed-records.ts';
import { isWithin, labelsOf, nameBytes, nameOf } from './wire-name.ts';

interface HashRange extends Nsec3Data {
  hash: Buffer;
}

const ITERATIONS_MAX = 100;
const BASE_32_HEX = '0123456789abcdefghijklmnopqrstuv';

export class Nsec3Proof implements Denial {
  readonly #ranges: HashRange[];
  readonly #zone: string;
  readonly #tooCostly: boolean;
  readonly #hashes = new Map<string, Buffer>();

  constructor(sets: readonly RecordSet[], zone: string) {
    this.#zone = zone;
    const ranges = sets.flatMap(({ owner, data: [data] }) => rangeOf(owner, data, zone));
    const [first] = ranges;
    // One chain at a time: parameters that differ are of another.
    this.#ranges = ranges.filter(
      ({ salt, iterations }) => first?.salt.equals(salt) && first.iterations === iterations,
    );
    this.#tooCostly = (first?.iterations ?? 0) > ITERATIONS_MAX;
  }

  typesAt(name: string): ReadonlySet<number> | undefined {
    return this.#tooCostly ? undefined : this.#matching(name)?.types;
  }

  noData(name: string, type: number): Proof {
    if (this.#tooCostly) return 'too-costly';
    const types = this.typesAt(name);
    if (types !== undefined) return lacks(types, type, name === '.') ? 'proven' : 'not-proven';
    const found = this.#encloser(name);
    if (found === undefined) return 'not-proven';
    const atWildcard = this.typesAt(wildcardAt(found.encloser));
    if (atWildcard !== undefined) {
      return lacks(atWildcard, type, false) ? 'proven' : 'not-proven';
    }
    return found.covering.optOut && type === TYPE.DS ? 'opt-out' : 'not-proven';
  }

  noName(name: string): Proof {
    if (this.#tooCostly) return 'too-costly';
    const found = this.#encloser(name);
    if (found === undefined) return 'not-proven';
    const covering = this.#covering(wildcardAt(found.encloser));
    if (covering === undefined) return 'not-proven';
    return found.covering.optOut ? 'opt-out' : 'proven';
  }

  noExactName(name: string, wildcard: string): Proof {
    if (this.#tooCostly) return 'too-costly';
    const labels = labelsOf(name);
    // One label longer than what the wildcard stands below.
    const next = nameOf(labels.slice(labels.length - labelsOf(wildcard).length));
    const covering = this.#covering(next);
    if (covering === undefined) return 'not-proven';
    return covering.optOut ? 'opt-out' : 'proven';
  }

  /** The longest name above that is there, and what covers the one a label longer. */
  #encloser(name: string): { encloser: string; covering: HashRange } | undefined {
    const labels = labelsOf(name);
    for (let count = 1; count <= labels.length; count += 1) {
      const encloser = nameOf(labels.slice(count));
      if (!isWithin(encloser, this.#zone)) return undefined;
      const matching = this.#matching(encloser);
      if (matching === undefined) continue;
      const delegates = matching.types.has(TYPE.NS) && !matching.types.has(TYPE.SOA);
      if (delegates || matching.types.has(TYPE.DNAME)) return undefined;
      const covering = this.#covering(nameOf(labels.slice(count - 1)));
      return covering && { encloser, covering };
    }
    return undefined;
  }

  #matching(name: string): HashRange | undefined {
    return this.#ranges.find(({ hash }) => hash.equals(this.#hashOf(name)));
  }

  #covering(name: string): HashRange | undefined {
    const wanted = this.#hashOf(name);
    return this.#ranges.find(({ hash, next }) => {
      const isAfter = Buffer.compare(hash, wanted) < 0;
      const isBefore = Buffer.compare(wanted, next) < 0;
      const isLast = Buffer.compare(hash, next) >= 0;
      return isLast ? isAfter || isBefore : isAfter && isBefore;
    });
  }

  #hashOf(name: string): Buffer {
    const known = this.#hashes.get(name);
    if (known !== undefined) return known;
    const { salt = Buffer.alloc(0), iterations = 0 } = this.#ranges[0] ?? {};
    let hash = sha1(nameBytes(name), salt);
    for (let done = 0; done < iterations; done += 1) hash = sha1(hash, salt);
    this.#hashes.set(name, hash);
    return hash;
  }
}

function rangeOf(owner: string, data: Buffer | undefined, zone: string): HashRange[] {
  const read = data && readNsec3(data);
  const [label = ''] = labelsOf(owner);
  if (read === undefined || nameOf(labelsOf(owner).slice(1)) !== zone) return [];
  const hash = hashBytes(label);
  return hash.length === read.next.length ? [{ ...read, hash }] : [];
}

function hashBytes(label: string): Buffer {
  const bytes: number[] = [];
  let [bits, value] = [0, 0];
  for (const character of label) {
    const digit = BASE_32_HEX.indexOf(character);
    if (digit < 0) return Buffer.alloc(0);
    value = ((value << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 0xff);
    }
  }
  return Buffer.from(bytes);
}

function wildcardAt(encloser: string): string {
  return nameOf(['*', ...labelsOf(encloser)]);
}

function sha1(bytes: Buffer, salt: Buffer): Buffer {
  return createHash('sha1').update(bytes).update(salt).digest();
}
