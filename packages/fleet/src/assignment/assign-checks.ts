// Which agent runs which check: at each of its locations exactly one, by rendezvous hashing, so that
// everybody who knows the same checks and agents comes to the same answer, and an agent that comes or
// goes moves only what it wins or leaves. Pure; the order of what comes in must never matter.

import { VALUE_BYTES_MAX } from '@holdfast/engines/coordination';
import { hash32 } from '@holdfast/kernel';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';

export type AssignableCheck = Pick<CompiledCheck, 'namespace' | 'name' | 'locations' | 'paused'>;

/** Ids are unique in a fleet; of two with one id the one whose location comes first counts. */
export interface AssignableAgent {
  id: string;
  location: string;
}

export interface CheckAssignment {
  /** By agent, every given one: `namespace/name`, ascending. */
  byAgent: Map<string, string[]>;
  /** Checks for which a location has no agent, or none with room; ascending by check, then location. */
  unassigned: { namespace: string; check: string; location: string }[];
  /** Agents that won more checks than one assignment holds. */
  full: string[];
}

/** Of the names in an assignment, which is one value of the store: the rest of it takes far less than is left. */
const NAMES_BYTES_MAX = VALUE_BYTES_MAX - 8_192;
/** Two names of 253 letters, a slash, quotes and a comma. */
const NAME_BYTES_MAX = 512;

/** What people call a check across namespaces. Names hold no slash. */
export function checkName(check: Pick<AssignableCheck, 'namespace' | 'name'>): string {
  return `${check.namespace}/${check.name}`;
}

/** A check without locations runs at each that has an agent; a paused one runs nowhere. */
export function assignChecks(
  checks: readonly AssignableCheck[],
  agents: readonly AssignableAgent[],
): CheckAssignment {
  const places = candidatesByLocation(agents);
  const everywhere = [...places.keys()];
  const byAgent = new Map<string, string[]>();
  for (const candidates of places.values()) for (const { id } of candidates) byAgent.set(id, []);
  const unassigned: CheckAssignment['unassigned'] = [];
  for (const check of checks) {
    if (check.paused) continue;
    const name = checkName(check);
    const hash = hash32(name);
    for (const location of check.locations ? new Set(check.locations) : everywhere) {
      const candidates = places.get(location);
      if (candidates !== undefined) byAgent.get(heaviest(hash, candidates))?.push(name);
      else unassigned.push({ namespace: check.namespace, check: check.name, location });
    }
  }
  const full: string[] = [];
  for (const [location, candidates] of places)
    for (const { id } of candidates) {
      const surplus = withoutRoom(byAgent.get(id)?.sort() ?? []);
      if (surplus.length > 0) full.push(id);
      for (const name of surplus) {
        const [namespace = '', check = ''] = name.split('/');
        unassigned.push({ namespace, check, location });
      }
    }
  return { byAgent, unassigned: unassigned.sort(inOrder), full };
}

/** Takes out of an agent's names the last ones, for which its assignment has no room. */
function withoutRoom(names: string[]): string[] {
  if (names.length * NAME_BYTES_MAX <= NAMES_BYTES_MAX) return [];
  let bytes = 0;
  const end = names.findIndex((name) => {
    bytes += Buffer.byteLength(JSON.stringify(name)) + 1;
    return bytes > NAMES_BYTES_MAX;
  });
  return end < 0 ? [] : names.splice(end);
}

interface Candidate {
  id: string;
  hash: number;
}

/** Candidates stand in the order of their ids, so that equal weights are decided alike everywhere. */
function candidatesByLocation(agents: readonly AssignableAgent[]): Map<string, Candidate[]> {
  const places = new Map<string, Candidate[]>();
  const seen = new Set<string>();
  const sorted = agents.toSorted((a, b) => order(a.id, b.id) || order(a.location, b.location));
  for (const { id, location } of sorted) {
    if (seen.has(id)) continue;
    seen.add(id);
    const candidate = { id, hash: hash32(id) };
    const known = places.get(location);
    if (known === undefined) places.set(location, [candidate]);
    else known.push(candidate);
  }
  return places;
}

/** Highest random weight: Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit Rates" (1998). */
function heaviest(checkHash: number, candidates: readonly Candidate[]): string {
  let winner = '';
  let most = -1;
  for (const { id, hash } of candidates) {
    const weight = weightOf(checkHash, hash);
    if (weight > most) {
      most = weight;
      winner = id;
    }
  }
  return winner;
}

/**
 * Unsigned 32 bits of two hashes. They meet in a product with two odd factors apart (those of
 * xxHash), because a bare exclusive or would give agents that differ in few bits weights that do too.
 * It must never change while fleets of two versions share one store.
 */
function weightOf(checkHash: number, agentHash: number): number {
  const met = Math.imul(checkHash ^ Math.imul(agentHash, 0x9e3779b1), 0x85ebca77);
  const mixed = Math.imul(met ^ (met >>> 15), 0xc2b2ae3d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function inOrder(
  a: CheckAssignment['unassigned'][number],
  b: CheckAssignment['unassigned'][number],
): number {
  return (
    order(a.namespace, b.namespace) || order(a.check, b.check) || order(a.location, b.location)
  );
}
