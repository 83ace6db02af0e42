// What an answer means to somebody who asks from the root down: it is the answer, it leads to another
// name, it refers to the servers of a zone further down, or it is of no use. A referral must lead
// downwards and towards the name, so that no chain of referrals can go in a circle.

import type { DnsAnswer, DnsRecord } from './dns-answer.ts';

export interface NameServer {
  name: string;
  /** Glue; empty = its address has to be asked for elsewhere. */
  addresses: readonly string[];
}

export interface Zone {
  /** With the dot at its end, as all names here. */
  name: string;
  servers: readonly NameServer[];
}

export type ResolutionStep =
  | { kind: 'answer' }
  | { kind: 'alias'; to: string }
  | { kind: 'referral'; zone: Zone }
  | { kind: 'useless'; problem: string };

export function resolutionStep(
  answer: DnsAnswer,
  zone: string,
  name: string,
  recordType: string,
): ResolutionStep {
  if (answer.rcode === 'NXDOMAIN') return { kind: 'answer' };
  if (answer.rcode !== 'NOERROR') return useless(`answered ${answer.rcode}`);
  const end = recordType === 'CNAME' ? name : aliasEnd(answer.answer, name);
  const has = answer.answer.some((record) => record.type === recordType && isName(record, end));
  if (has) return { kind: 'answer' };
  if (!sameName(end, name)) return { kind: 'alias', to: end };
  const servers = answer.authority.filter(({ type }) => type === 'NS');
  const below = servers.find(({ owner }) => isBelow(owner, zone) && isWithin(name, owner));
  if (below !== undefined) return referral(below.owner, answer);
  if (answer.authoritative || answer.authority.some(({ type }) => type === 'SOA')) {
    return { kind: 'answer' };
  }
  const [elsewhere] = servers;
  return useless(elsewhere ? `refers back to ${elsewhere.owner}` : 'neither answers nor refers');
}

/** In the DNS upper and lower case are the same. */
export function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function useless(problem: string): ResolutionStep {
  return { kind: 'useless', problem };
}

/** Where the aliases in the section lead; the name itself when there is none. */
function aliasEnd(records: readonly DnsRecord[], name: string): string {
  let end = name;
  // Each record is followed once at most, so aliases in a circle end too.
  for (let followed = 0; followed < records.length; followed += 1) {
    const alias = records.find((record) => record.type === 'CNAME' && isName(record, end));
    if (alias === undefined || sameName(alias.data, name)) return end;
    end = alias.data;
  }
  return end;
}

function referral(zone: string, { authority, additional }: DnsAnswer): ResolutionStep {
  const names = authority
    .filter((record) => record.type === 'NS' && isName(record, zone))
    .map(({ data }) => data);
  const glueOf = (name: string) =>
    additional
      .filter((record) => isName(record, name) && (record.type === 'A' || record.type === 'AAAA'))
      .map(({ data }) => data);
  const servers = names.map((name) => ({ name, addresses: glueOf(name) }));
  return { kind: 'referral', zone: { name: zone, servers } };
}

function isName({ owner }: DnsRecord, name: string): boolean {
  return sameName(owner, name);
}

/** Further down than the zone, and not beside it. */
function isBelow(name: string, zone: string): boolean {
  return !sameName(name, zone) && isWithin(name, zone);
}

function isWithin(name: string, zone: string): boolean {
  const [labels, suffix] = [labelsOf(name), labelsOf(zone)];
  const offset = labels.length - suffix.length;
  return offset >= 0 && suffix.every((label, at) => label === labels[offset + at]);
}

/** A dot behind a backslash is part of its label. */
function labelsOf(name: string): string[] {
  return name.toLowerCase().match(/(?:\\.|[^.\\])+/g) ?? [];
}
