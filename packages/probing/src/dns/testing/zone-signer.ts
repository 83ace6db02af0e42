// A signer of zones for tests: keys made anew, records signed as RFC 4034 asks, and answers as a server
// that has the zone would give them. What a test wants wrong, it makes wrong in the zone or the bytes.

import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { compareNames, isWithin, labelsOf, nameBytes, nameOf } from '../dnssec/wire-name.ts';

export const TYPES = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  TXT: 16,
  DS: 43,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  NSEC3: 50,
} as const;

export interface ZoneWish {
  algorithm?: number;
  /** How the zone denies; default nsec. */
  denial?: 'nsec' | 'nsec3';
  iterations?: number;
  optOut?: boolean;
  /** Seconds since 1970. */
  inception?: number;
  expiration?: number;
}

interface ZoneRecord {
  owner: string;
  type: number;
  data: Buffer;
}

/** Within the validity of every zone that says nothing else. */
export const NOW_MS = Date.UTC(2026, 5, 1);
const DAY_SECONDS = 86_400;
const TTL_SECONDS = 300;
const NXDOMAIN = 3;
const SOA_NUMBERS = Buffer.alloc(20, 1);
const BASE_32_HEX = '0123456789abcdefghijklmnopqrstuv';

const MAKERS: Readonly<Record<number, { make(): Pair; hash: string | null }>> = {
  8: { make: () => rsaPair(), hash: 'sha256' },
  10: { make: () => rsaPair(), hash: 'sha512' },
  13: { make: () => curvePair('P-256'), hash: 'sha256' },
  14: { make: () => curvePair('P-384'), hash: 'sha384' },
  15: { make: () => edwardsPair('ed25519'), hash: null },
  16: { make: () => edwardsPair('ed448'), hash: null },
};

interface Pair {
  privateKey: KeyObject;
  publicBytes: Buffer;
}

export class SignedZone {
  readonly name: string;
  readonly key: Buffer;
  readonly #pair: Pair;
  readonly #wish: Required<ZoneWish>;
  readonly #records: ZoneRecord[] = [];

  constructor(name: string, wish: ZoneWish = {}) {
    this.name = name;
    const now = NOW_MS / 1000;
    const validity = { inception: now - DAY_SECONDS, expiration: now + DAY_SECONDS };
    const rest = { algorithm: 13, denial: 'nsec' as const, iterations: 0, optOut: false };
    this.#wish = { ...rest, ...validity, ...wish };
    this.#pair = (MAKERS[this.#wish.algorithm] ?? MAKERS[13])?.make() as Pair;
    this.key = Buffer.concat([
      Buffer.from([1, 1, 3, this.#wish.algorithm]),
      this.#pair.publicBytes,
    ]);
    this.add(name, TYPES.SOA, Buffer.concat([nameBytes('ns.'), nameBytes('m.'), SOA_NUMBERS]));
    this.add(name, TYPES.NS, nameBytes('ns.'));
    this.add(name, TYPES.DNSKEY, this.key);
  }

  /** Bytes of the data of a DS for this zone, with SHA-256. */
  get ds(): Buffer {
    const digest = createHash('sha256').update(nameBytes(this.name)).update(this.key).digest();
    const head = Buffer.from([0, 0, this.#wish.algorithm, 2]);
    head.writeUInt16BE(keyTag(this.key), 0);
    return Buffer.concat([head, digest]);
  }

  get anchor(): string {
    const { ds } = this;
    return `${ds.readUInt16BE(0)} ${ds[2]} ${ds[3]} ${ds.subarray(4).toString('hex')}`;
  }

  add(owner: string, type: number, data: Buffer): this {
    this.#records.push({ owner, type, data });
    return this;
  }

  remove(owner: string, type: number): this {
    const kept = this.#records.filter((one) => one.owner !== owner || one.type !== type);
    this.#records.splice(0, Infinity, ...kept);
    return this;
  }

  /** Delegates, signed or not. */
  delegate(child: SignedZone | string): this {
    const name = typeof child === 'string' ? child : child.name;
    this.add(name, TYPES.NS, nameBytes('ns.'));
    return typeof child === 'string' ? this : this.add(name, TYPES.DS, child.ds);
  }

  /** What an authoritative server says to a question with DO. */
  answer(name: string, type: number): Buffer {
    const exact = this.#set(name, type);
    if (exact.length > 0) return message(name, type, 0, this.#signed(exact), []);
    const alias = this.#set(name, TYPES.CNAME);
    if (alias.length > 0) return this.#alias(name, type, alias);
    if (this.#owners().includes(name)) {
      return message(name, type, 0, [], [...this.#soa(), ...this.#matching(name)]);
    }
    const isAbove = this.#owners().some((owner) => isWithin(owner, name));
    if (isAbove) return message(name, type, 0, [], [...this.#soa(), ...this.#denies(name)]);
    const wildcard = nameOf(['*', ...labelsOf(this.#encloser(name))]);
    const made = this.#set(wildcard, type);
    if (made.length > 0) return this.#fromWildcard(name, type, made);
    const proofs = [...this.#denies(name), ...this.#denies(wildcard)];
    return message(name, type, NXDOMAIN, [], [...this.#soa(), ...unique(proofs)]);
  }

  /** The records and the signature over them. */
  #signed(set: readonly ZoneRecord[], owner = set[0]?.owner ?? '.'): ZoneRecord[] {
    const shown = set.map((one) => ({ ...one, owner }));
    return [...shown, { owner, type: TYPES.RRSIG, data: this.#signature(set) }];
  }

  #signature(set: readonly ZoneRecord[]): Buffer {
    const { algorithm, inception, expiration } = this.#wish;
    const [first] = set;
    const labels = labelsOf(first?.owner ?? '.');
    const head = Buffer.alloc(18);
    head.writeUInt16BE(first?.type ?? 0, 0);
    head[2] = algorithm;
    head[3] = labels[0] === '*' ? labels.length - 1 : labels.length;
    head.writeUInt32BE(TTL_SECONDS, 4);
    head.writeUInt32BE(expiration, 8);
    head.writeUInt32BE(inception, 12);
    head.writeUInt16BE(keyTag(this.key), 16);
    const start = Buffer.concat([head, nameBytes(this.name)]);
    const records = [...set].sort((a, b) => Buffer.compare(a.data, b.data)).map(recordBytes);
    const key = { key: this.#pair.privateKey, dsaEncoding: 'ieee-p1363' as const };
    const hash = MAKERS[algorithm]?.hash ?? null;
    return Buffer.concat([start, sign(hash, Buffer.concat([start, ...records]), key)]);
  }

  #alias(name: string, type: number, alias: ZoneRecord[]): Buffer {
    const target = textOf(alias[0]?.data ?? Buffer.of(0));
    const end = this.#set(target, type);
    const rest = end.length > 0 ? this.#signed(end) : [];
    return message(name, type, 0, [...this.#signed(alias), ...rest], []);
  }

  #fromWildcard(name: string, type: number, set: ZoneRecord[]): Buffer {
    return message(name, type, 0, this.#signed(set, name), this.#denies(name));
  }

  #soa(): ZoneRecord[] {
    return this.#signed(this.#set(this.name, TYPES.SOA));
  }

  #set(owner: string, type: number): ZoneRecord[] {
    return this.#records.filter((one) => one.owner === owner && one.type === type);
  }

  #owners(): string[] {
    return [...new Set(this.#records.map(({ owner }) => owner))].sort(compareNames);
  }

  #encloser(name: string): string {
    const labels = labelsOf(name);
    for (let count = 1; count < labels.length; count += 1) {
      const above = nameOf(labels.slice(count));
      if (this.#owners().some((owner) => isWithin(owner, above))) return above;
    }
    return '.';
  }

  #matching(name: string): ZoneRecord[] {
    if (this.#wish.denial === 'nsec') return this.#nsecAt(name);
    const isHashed = this.#hashedNames().includes(name);
    return isHashed ? this.#nsec3At(this.#hash(name)) : this.#denies(name);
  }

  /** That a name is not there; by hashes also what is there above it. */
  #denies(name: string): ZoneRecord[] {
    if (this.#wish.denial === 'nsec') {
      const before = this.#owners().filter((owner) => compareNames(owner, name) < 0);
      return this.#nsecAt(before.at(-1) ?? this.name);
    }
    const encloser = this.#encloser(name);
    const labels = labelsOf(name);
    const next = nameOf(labels.slice(labels.length - labelsOf(encloser).length - 1));
    const isThere = this.#hashedNames().includes(name);
    if (isThere) return this.#nsec3At(this.#hash(name));
    return unique([...this.#nsec3At(this.#hash(encloser)), ...this.#nsec3At(this.#hash(next))]);
  }

  #nsecAt(owner: string): ZoneRecord[] {
    const owners = this.#owners();
    const next = owners[owners.indexOf(owner) + 1] ?? this.name;
    const types = [...this.#typesAt(owner), TYPES.RRSIG, TYPES.NSEC];
    const data = Buffer.concat([nameBytes(next), bitmap(types)]);
    return this.#signed([{ owner, type: TYPES.NSEC, data }]);
  }

  /** The one at this hash or before it. */
  #nsec3At(wanted: Buffer): ZoneRecord[] {
    const names = this.#hashedNames().map((name) => ({ name, hash: this.#hash(name) }));
    names.sort((a, b) => Buffer.compare(a.hash, b.hash));
    const at = names.findLastIndex(({ hash }) => Buffer.compare(hash, wanted) <= 0);
    const found = names.at(at);
    const next = names[(at < 0 ? names.length : at + 1) % names.length];
    if (found === undefined || next === undefined) return [];
    const head = Buffer.from([1, this.#wish.optOut ? 1 : 0, 0, 0, 0, next.hash.length]);
    head.writeUInt16BE(this.#wish.iterations, 2);
    const data = Buffer.concat([head, next.hash, bitmap(this.#typesAt(found.name))]);
    const owner = nameOf([base32(found.hash), ...labelsOf(this.name)]);
    return this.#signed([{ owner, type: TYPES.NSEC3, data }]);
  }

  /** With the names that are there for others' sake; without unsigned delegations when it opts out. */
  #hashedNames(): string[] {
    const names = new Set<string>();
    for (const owner of this.#owners()) {
      const types = this.#typesAt(owner);
      const unsigned = owner !== this.name && types.join() === String(TYPES.NS);
      if (unsigned && this.#wish.optOut) continue;
      for (let name = owner; isWithin(name, this.name); name = nameOf(labelsOf(name).slice(1))) {
        names.add(name);
        if (name === '.') break;
      }
    }
    return [...names];
  }

  #typesAt(owner: string): number[] {
    return [...new Set(this.#records.filter((one) => one.owner === owner).map(({ type }) => type))];
  }

  #hash(name: string): Buffer {
    const sha1 = (bytes: Buffer) => createHash('sha1').update(bytes).digest();
    let hash = sha1(nameBytes(name));
    for (let done = 0; done < this.#wish.iterations; done += 1) hash = sha1(hash);
    return hash;
  }
}

export function message(
  name: string,
  type: number,
  rcode: number,
  answer: readonly ZoneRecord[],
  authority: readonly ZoneRecord[],
): Buffer {
  const question = Buffer.concat([nameBytes(name), numbers(type, 1)]);
  const header = numbers(0, 0x8400 | rcode, 1, answer.length, authority.length, 0);
  return Buffer.concat([header, question, ...[...answer, ...authority].map(recordBytes)]);
}

function recordBytes({ owner, type, data }: ZoneRecord): Buffer {
  return Buffer.concat([nameBytes(owner), numbers(type, 1, 0, TTL_SECONDS, data.length), data]);
}

function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [at, value] of values.entries()) bytes.writeUInt16BE(value, at * 2);
  return bytes;
}

function unique(records: readonly ZoneRecord[]): ZoneRecord[] {
  const keys = records.map(({ owner, type, data }) =>
    type === TYPES.RRSIG ? `${owner} ${data.subarray(0, 2).toString('hex')}` : `${owner} ${type}`,
  );
  return records.filter((record, at) => {
    const kind = record.type === TYPES.RRSIG;
    const first = records.findIndex(
      (other, index) => keys[index] === keys[at] && (other.type === TYPES.RRSIG) === kind,
    );
    return first === at;
  });
}

function bitmap(types: readonly number[]): Buffer {
  const bits = Buffer.alloc(32);
  for (const type of types) bits[type >> 3] = (bits[type >> 3] ?? 0) | (0x80 >> (type & 7));
  const length = bits.findLastIndex((byte) => byte > 0) + 1;
  return length === 0 ? Buffer.alloc(0) : Buffer.from([0, length, ...bits.subarray(0, length)]);
}

function textOf(wire: Buffer): string {
  const labels: string[] = [];
  for (let at = 0; (wire[at] ?? 0) > 0; at += (wire[at] ?? 0) + 1) {
    labels.push(wire.toString('latin1', at + 1, at + 1 + (wire[at] ?? 0)));
  }
  return nameOf(labels);
}

function keyTag(data: Buffer): number {
  let sum = 0;
  for (const [at, byte] of data.entries()) sum += at % 2 === 0 ? byte << 8 : byte;
  return (sum + (sum >>> 16)) & 0xffff;
}

function base32(hash: Buffer): string {
  const bits = [...hash].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((five) => BASE_32_HEX[Number.parseInt(five, 2)]).join('');
}

function rsaPair(): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const exponent = Buffer.from(e, 'base64url');
  const modulus = Buffer.from(n, 'base64url');
  return {
    privateKey,
    publicBytes: Buffer.concat([Buffer.of(exponent.length), exponent, modulus]),
  };
}

function curvePair(namedCurve: string): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const publicBytes = Buffer.concat([Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return { privateKey, publicBytes };
}

function edwardsPair(kind: 'ed25519' | 'ed448'): Pair {
  const { privateKey, publicKey } =
    kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ed448');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return { privateKey, publicBytes: Buffer.from(x, 'base64url') };
}
