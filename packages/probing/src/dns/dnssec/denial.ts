// What the NSEC and NSEC3 records of a zone prove of a name (RFC 4035 section 5.4, RFC 5155 section
// 8). Only sets whose signatures hold may come here. What they do not prove is not proven: a name, a
// type or a delegation is never taken for absent because somebody says so unsigned.

import { lacks, readNsec } from './nsec-data.ts';
import { Nsec3Proof } from './nsec3-proof.ts';
import type { Denial, Proof } from './proof.ts';
import { type RecordSet, TYPE } from './signed-records.ts';
import { ancestor, compareNames, isWithin, labelsOf, nameOf } from './wire-name.ts';

export function denialOf(sets: readonly RecordSet[], zone: string): Denial {
  const hashed = sets.filter(({ type }) => type === TYPE.NSEC3);
  return hashed.length > 0 ? new Nsec3Proof(hashed, zone) : new NsecProof(sets, zone);
}

interface Range {
  owner: string;
  next: string;
  types: ReadonlySet<number>;
}

class NsecProof implements Denial {
  readonly #ranges: Range[];
  readonly #zone: string;

  constructor(sets: readonly RecordSet[], zone: string) {
    this.#zone = zone;
    this.#ranges = sets.flatMap(({ owner, type, data: [data] }) => {
      const read = type === TYPE.NSEC && data !== undefined ? readNsec(data) : undefined;
      return read === undefined || !isWithin(owner, zone) ? [] : [{ owner, ...read }];
    });
  }

  typesAt(name: string): ReadonlySet<number> | undefined {
    return this.#ranges.find(({ owner }) => owner === name)?.types;
  }

  noData(name: string, type: number): Proof {
    const types = this.typesAt(name);
    if (types !== undefined) return lacks(types, type, name === '.') ? 'proven' : 'not-proven';
    const covering = this.#covering(name);
    if (covering === undefined) return 'not-proven';
    // The next name lies below this one, which is there for its sake only.
    if (isWithin(covering.next, name)) return 'proven';
    const atWildcard = this.typesAt(nameOf(['*', ...labelsOf(closest(name, covering))]));
    return atWildcard && lacks(atWildcard, type, false) ? 'proven' : 'not-proven';
  }

  noName(name: string): Proof {
    const covering = this.#covering(name);
    if (covering === undefined || isWithin(covering.next, name)) return 'not-proven';
    const wildcard = nameOf(['*', ...labelsOf(closest(name, covering))]);
    return this.#covering(wildcard) === undefined ? 'not-proven' : 'proven';
  }

  noExactName(name: string, wildcard: string): Proof {
    const covering = this.#covering(name);
    if (covering === undefined) return 'not-proven';
    return closest(name, covering) === ancestor(wildcard) ? 'proven' : 'not-proven';
  }

  #covering(name: string): Range | undefined {
    return this.#ranges.find((range) => covers(range, name, this.#zone));
  }
}

function covers({ owner, next, types }: Range, name: string, zone: string): boolean {
  if (!isWithin(name, zone) || compareNames(owner, name) >= 0) return false;
  // Below a delegation or a DNAME the zone has nothing to say.
  if (isWithin(name, owner) && !speaksBelow(types)) return false;
  return next === zone || compareNames(name, next) < 0;
}

function speaksBelow(types: ReadonlySet<number>): boolean {
  const delegates = types.has(TYPE.NS) && !types.has(TYPE.SOA);
  return !delegates && !types.has(TYPE.DNAME);
}

/** The longest name above that is there, as the two ends of the range show. */
function closest(name: string, { owner, next }: Range): string {
  const labels = labelsOf(name);
  for (let count = 1; count < labels.length; count += 1) {
    const above = nameOf(labels.slice(count));
    if (isWithin(owner, above) || isWithin(next, above)) return above;
  }
  return '.';
}
