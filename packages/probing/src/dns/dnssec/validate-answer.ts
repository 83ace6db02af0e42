// Whether an answer is what the zones of its names signed: every set in its answer section, along the
// aliases from the name that was asked for, and the proof where there is nothing at their end. What is
// in the answer section and not on that way makes it bogus; the other sections are not vouched for.

import { readName } from '../dns-name.ts';
import {
  ChainOfTrust,
  type FetchSet,
  type Trust,
  type TrustState,
  verifiedDenials,
  type ZoneTrust,
} from './chain-of-trust.ts';
import { denialOf } from './denial.ts';
import type { Proof } from './proof.ts';
import {
  type RecordSet,
  readSignedMessage,
  type SignedMessage,
  setOf,
  TYPE,
} from './signed-records.ts';
import { SignatureVerifier, type SigningZone } from './verify-set.ts';
import { isWithin, labelsOf, nameOf } from './wire-name.ts';
import type { DelegationSigner } from './zone-keys.ts';

export interface Validation {
  state: TrustState;
  /** Why it is not secure. */
  reason?: string;
  /** Each cut between zones, in the order in which it was looked at. */
  chain: ZoneTrust[];
}

export interface SignedAnswer {
  /** As asked for, with the dot at its end. */
  name: string;
  /** The number of the type. */
  type: number;
  bytes: Buffer;
  /** It ends in an alias, whose own answer comes behind. */
  continued: boolean;
}

interface Verdict {
  state: TrustState;
  reason?: string;
}

const ALIASES_MAX = 16;
const NXDOMAIN = 3;
const SECURE: Verdict = { state: 'secure' };

/** The answers of one question in their order; several when servers of several zones gave them. */
export async function validateAnswers(
  answers: readonly SignedAnswer[],
  anchors: readonly DelegationSigner[],
  fetch: FetchSet,
  wallMs: number,
): Promise<Validation> {
  const verifier = new SignatureVerifier(wallMs);
  const trust = new ChainOfTrust(anchors, fetch, verifier);
  let verdict = SECURE;
  for (const answer of answers) {
    verdict = await new AnswerValidator(answer, trust, verifier).run();
    if (verdict.state !== 'secure') break;
  }
  return { ...verdict, chain: trust.zones };
}

class AnswerValidator {
  readonly #asked: SignedAnswer;
  readonly #trust: ChainOfTrust;
  readonly #verifier: SignatureVerifier;

  constructor(asked: SignedAnswer, trust: ChainOfTrust, verifier: SignatureVerifier) {
    this.#asked = asked;
    this.#trust = trust;
    this.#verifier = verifier;
  }

  async run(): Promise<Verdict> {
    const message = readSignedMessage(this.#asked.bytes);
    if (message === undefined) return bogus('The records of the answer cannot be read.');
    if (message.rcode !== 0 && message.rcode !== NXDOMAIN) {
      return { state: 'indeterminate', reason: 'The server gave no answer to validate.' };
    }
    const left = new Set(message.answer);
    let name = this.#asked.name.toLowerCase();
    for (let followed = 0; followed < ALIASES_MAX; followed += 1) {
      const final = setOf(message.answer, name, this.#asked.type);
      if (final !== undefined) return this.#finalSet(final, message, left);
      const alias = setOf(message.answer, name, TYPE.CNAME);
      const target = alias && targetOf(alias);
      if (alias === undefined || target === undefined) return this.#nothingAt(name, message, left);
      const verdict = await this.#alias(alias, target, message, left);
      if (verdict.state !== 'secure') return verdict;
      name = target;
    }
    return bogus(`There are more than ${ALIASES_MAX} aliases.`);
  }

  async #finalSet(set: RecordSet, message: SignedMessage, left: Set<RecordSet>): Promise<Verdict> {
    left.delete(set);
    if (message.rcode !== 0) return bogus('The response code denies what the answer holds.');
    const verdict = await this.#set(set, message);
    return verdict.state === 'secure' ? foreign(left) : verdict;
  }

  /** One that a DNAME brings forth is not signed itself (RFC 6672 section 5.3.1). */
  async #alias(
    alias: RecordSet,
    target: string,
    message: SignedMessage,
    left: Set<RecordSet>,
  ): Promise<Verdict> {
    left.delete(alias);
    const { owner } = alias;
    const source = message.answer.find(
      (set) => set.type === TYPE.DNAME && set.owner !== owner && isWithin(owner, set.owner),
    );
    const base = source && targetOf(source);
    if (source === undefined || base === undefined) return this.#set(alias, message);
    left.delete(source);
    const kept = labelsOf(owner).slice(0, -labelsOf(source.owner).length || undefined);
    const made = nameOf([...kept, ...labelsOf(base)]);
    if (made !== target) return bogus(`The alias at ${owner} is not the one that its DNAME makes.`);
    return this.#set(source, message);
  }

  async #set(set: RecordSet, message: SignedMessage): Promise<Verdict> {
    const trust = await this.#trust.of(set.owner);
    if (trust.state !== 'secure') return open(trust);
    const verdict = this.#verifier.verify(set, trust.zone);
    if (!verdict.ok) return bogus(verdict.reason);
    if (verdict.wildcard === undefined) return SECURE;
    const { wildcard } = verdict;
    return this.#proven(trust.zone, message, `that ${set.owner} does not exist itself`, (denial) =>
      denial.noExactName(set.owner, wildcard),
    );
  }

  async #nothingAt(name: string, message: SignedMessage, left: Set<RecordSet>): Promise<Verdict> {
    const stray = foreign(left);
    if (stray.state !== 'secure' || this.#asked.continued) return stray;
    const trust = await this.#trust.of(name);
    if (trust.state !== 'secure') return open(trust);
    const { type } = this.#asked;
    if (message.rcode === NXDOMAIN) {
      return this.#proven(trust.zone, message, `that ${name} does not exist`, (denial) =>
        denial.noName(name),
      );
    }
    return this.#proven(trust.zone, message, `that ${name} has no such records`, (denial) =>
      denial.noData(name, type),
    );
  }

  #proven(
    zone: SigningZone,
    { authority }: SignedMessage,
    what: string,
    prove: (denial: ReturnType<typeof denialOf>) => Proof,
  ): Verdict {
    const { sets, problem } = verifiedDenials(authority, zone, this.#verifier);
    const proof = prove(denialOf(sets, zone.name));
    if (proof === 'proven') return SECURE;
    if (proof === 'not-proven') return bogus(problem ?? `Nothing in the answer proves ${what}.`);
    const why = proof === 'opt-out' ? 'opts out' : 'asks for too many iterations';
    return { state: 'insecure', reason: `${zone.name} ${why}, so it cannot prove ${what}.` };
  }
}

function foreign(left: ReadonlySet<RecordSet>): Verdict {
  const [first] = left;
  if (first === undefined) return SECURE;
  return bogus(`The answer holds records at ${first.owner} that do not belong to it.`);
}

function open({ state, ...rest }: Exclude<Trust, { state: 'secure' }>): Verdict {
  return { state, reason: rest.reason };
}

function bogus(reason: string): Verdict {
  return { state: 'bogus', reason };
}

/** Its data are one name in canonical form. */
function targetOf({ data: [data] }: RecordSet): string | undefined {
  return data && readName(data, 0)?.text;
}
