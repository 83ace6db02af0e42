// From the trust anchors of the root down to the zone of a name: each cut between zones is found by
// asking for its DS, and either vouched for, proven unsigned, or bogus (RFC 4035 section 5). Whoever
// does not answer leaves the question open. Queries are bounded; each cut is looked at once.

import { denialOf } from './denial.ts';
import {
  type RecordSet,
  readSignedMessage,
  type SignedMessage,
  setOf,
  TYPE,
} from './signed-records.ts';
import type { SetVerdict, SignatureVerifier, SigningZone } from './verify-set.ts';
import { labelsOf, nameOf } from './wire-name.ts';
import {
  canJudge,
  type DelegationSigner,
  readKey,
  readSigner,
  vouchesFor,
  type ZoneKey,
} from './zone-keys.ts';

export type TrustState = 'secure' | 'insecure' | 'bogus' | 'indeterminate';

export type Trust =
  | { state: 'secure'; zone: SigningZone }
  | { state: Exclude<TrustState, 'secure'>; zone: string; reason: string };

/** One cut that was looked at, for people. */
export interface ZoneTrust {
  zone: string;
  state: TrustState;
  /** Tags of the keys that are vouched for from above. */
  keys?: number[];
  reason?: string;
}

/** Asks the servers of `zone`, or a resolver, for the set; undefined when no answer came. */
export type FetchSet = (
  name: string,
  type: 'DS' | 'DNSKEY',
  zone: string,
) => Promise<Buffer | undefined>;

const QUERIES_MAX = 40;
const SHA_1 = 1;

export class ChainOfTrust {
  readonly zones: ZoneTrust[] = [];
  readonly #anchors: readonly DelegationSigner[];
  readonly #fetch: FetchSet;
  readonly #verifier: SignatureVerifier;
  readonly #known = new Map<string, Trust>();
  #queries = 0;

  constructor(anchors: readonly DelegationSigner[], fetch: FetchSet, verifier: SignatureVerifier) {
    this.#anchors = anchors;
    this.#fetch = fetch;
    this.#verifier = verifier;
  }

  /** Of the zone that the name lies in. */
  async of(name: string): Promise<Trust> {
    const labels = labelsOf(name);
    let trust = this.#known.get('.') ?? (await this.#keysOf('.', this.#anchors));
    this.#known.set('.', trust);
    for (let count = labels.length - 1; count >= 0; count -= 1) {
      if (trust.state !== 'secure') return trust;
      const below = nameOf(labels.slice(count));
      trust = this.#known.get(below) ?? (await this.#cutAt(below, trust));
      this.#known.set(below, trust);
    }
    return trust;
  }

  async #cutAt(name: string, above: Trust & { state: 'secure' }): Promise<Trust> {
    const { zone } = above;
    const message = await this.#ask(name, 'DS', zone.name);
    if (message === undefined) return this.#end('indeterminate', name, unanswered(name, 'DS'));
    const set = setOf(message.answer, name, TYPE.DS);
    if (set !== undefined) return this.#vouched(name, set, zone);
    const alias = setOf(message.answer, name, TYPE.CNAME);
    if (alias === undefined) return this.#unvouched(name, message, above);
    const verdict = this.#verifier.verify(alias, zone);
    return verdict.ok ? above : this.#end('bogus', name, verdict.reason);
  }

  async #vouched(name: string, set: RecordSet, zone: SigningZone): Promise<Trust> {
    const verdict = this.#verifier.verify(set, zone);
    if (!verdict.ok) return this.#end('bogus', name, verdict.reason);
    const signers = set.data.flatMap((data) => readSigner(data) ?? []).filter(canJudge);
    if (signers.length > 0) return this.#keysOf(name, signers);
    return this.#end('insecure', name, `${name} is signed with algorithms not supported here.`);
  }

  /** There is no DS: no cut, a delegation that is proven to be unsigned, or a lie. */
  #unvouched(name: string, message: SignedMessage, above: Trust & { state: 'secure' }): Trust {
    const { zone } = above;
    const { sets, problem } = verifiedDenials(message.authority, zone, this.#verifier);
    const denial = denialOf(sets, zone.name);
    const types = denial.typesAt(name);
    if (types?.has(TYPE.NS) && !types.has(TYPE.SOA) && !types.has(TYPE.DS)) {
      return this.#end('insecure', name, `${zone.name} proves that ${name} is not signed.`);
    }
    const proof = denial.noData(name, TYPE.DS);
    if (proof === 'proven' || (types === undefined && denial.noName(name) === 'proven')) {
      return above;
    }
    if (proof === 'not-proven') {
      const reason = problem ?? `Nothing proves that ${name} has no DS record in ${zone.name}.`;
      return this.#end('bogus', name, reason);
    }
    const why = proof === 'opt-out' ? 'opts out for names like it' : 'asks for too many iterations';
    return this.#end('insecure', name, `${name} is not signed: ${zone.name} ${why}.`);
  }

  async #keysOf(zone: string, vouching: readonly DelegationSigner[]): Promise<Trust> {
    const message = await this.#ask(zone, 'DNSKEY', zone);
    if (message === undefined) return this.#end('indeterminate', zone, unanswered(zone, 'DNSKEY'));
    const set = setOf(message.answer, zone, TYPE.DNSKEY);
    if (set === undefined) return this.#end('bogus', zone, `${zone} shows no DNSKEY records.`);
    const keys = set.data.flatMap((data) => readKey(data) ?? []);
    const trusted = keys.filter((key) => isVouched(key, zone, vouching));
    if (trusted.length === 0) {
      const tags = vouching.map(({ keyTag }) => keyTag).join(', ');
      const reason = `${zone} has no key that its DS records (tags ${tags}) vouch for.`;
      return this.#end('bogus', zone, reason);
    }
    const verdict: SetVerdict = this.#verifier.verify(set, { name: zone, keys: trusted });
    if (!verdict.ok) return this.#end('bogus', zone, verdict.reason);
    this.zones.push({ zone, state: 'secure', keys: trusted.map(({ tag }) => tag) });
    return { state: 'secure', zone: { name: zone, keys } };
  }

  async #ask(
    name: string,
    type: 'DS' | 'DNSKEY',
    zone: string,
  ): Promise<SignedMessage | undefined> {
    this.#queries += 1;
    if (this.#queries > QUERIES_MAX) return undefined;
    const bytes = await this.#fetch(name, type, zone);
    const message = bytes && readSignedMessage(bytes);
    const answers = message !== undefined && (message.rcode === 0 || message.rcode === 3);
    return answers ? message : undefined;
  }

  #end(state: Exclude<TrustState, 'secure'>, zone: string, reason: string): Trust {
    this.zones.push({ zone, state, reason });
    return { state, zone, reason };
  }
}

/** The sets that deny, as far as their signatures hold; the first problem of one that does not. */
export function verifiedDenials(
  authority: readonly RecordSet[],
  zone: SigningZone,
  verifier: SignatureVerifier,
): { sets: RecordSet[]; problem?: string } {
  const sets: RecordSet[] = [];
  let problem: string | undefined;
  for (const set of authority) {
    if (set.type !== TYPE.NSEC && set.type !== TYPE.NSEC3) continue;
    const verdict = verifier.verify(set, zone);
    // One made from a wildcard would deny in the name of another.
    if (verdict.ok && verdict.wildcard === undefined) sets.push(set);
    else if (!verdict.ok) problem ??= verdict.reason;
  }
  return problem === undefined ? { sets } : { sets, problem };
}

/** Where a better digest is there, SHA-1 does not count (RFC 4509 section 3). */
function isVouched(key: ZoneKey, zone: string, vouching: readonly DelegationSigner[]): boolean {
  const strong = vouching.filter(({ digestType }) => digestType !== SHA_1);
  const counting = strong.length > 0 ? strong : vouching;
  return counting.some((signer) => vouchesFor(signer, zone, key));
}

function unanswered(name: string, type: string): string {
  return `No answer came for ${type} of ${name}.`;
}
