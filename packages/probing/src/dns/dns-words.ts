// Numbers of the protocol and the words for them, by the registers of IANA. A number without a word
// here is written as RFC 3597 asks: TYPE65280, CLASS7.

const TYPES: ReadonlyMap<number, string> = new Map([
  [1, 'A'],
  [2, 'NS'],
  [5, 'CNAME'],
  [6, 'SOA'],
  [12, 'PTR'],
  [15, 'MX'],
  [16, 'TXT'],
  [28, 'AAAA'],
  [33, 'SRV'],
  [35, 'NAPTR'],
  [39, 'DNAME'],
  [41, 'OPT'],
  [43, 'DS'],
  [46, 'RRSIG'],
  [47, 'NSEC'],
  [48, 'DNSKEY'],
  [50, 'NSEC3'],
  [52, 'TLSA'],
  [64, 'SVCB'],
  [65, 'HTTPS'],
  [257, 'CAA'],
]);

const CLASSES: ReadonlyMap<number, string> = new Map([
  [1, 'IN'],
  [3, 'CH'],
  [4, 'HS'],
]);

const RCODES: ReadonlyMap<number, string> = new Map([
  [0, 'NOERROR'],
  [1, 'FORMERR'],
  [2, 'SERVFAIL'],
  [3, 'NXDOMAIN'],
  [4, 'NOTIMP'],
  [5, 'REFUSED'],
  [6, 'YXDOMAIN'],
  [7, 'YXRRSET'],
  [8, 'NXRRSET'],
  [9, 'NOTAUTH'],
  [10, 'NOTZONE'],
  [16, 'BADVERS'],
  [23, 'BADCOOKIE'],
]);

const TYPE_NUMBERS: ReadonlyMap<string, number> = new Map([...TYPES].map(([n, name]) => [name, n]));

/** Of a type that has a word here. */
export function typeNumber(name: string): number {
  const type = TYPE_NUMBERS.get(name);
  if (type === undefined) throw new Error(`${name} is no type of record known here`);
  return type;
}

export function typeName(type: number): string {
  return TYPES.get(type) ?? `TYPE${type}`;
}

export function className(recordClass: number): string {
  return CLASSES.get(recordClass) ?? `CLASS${recordClass}`;
}

/** Of the extended code: 12 bits with those of EDNS. */
export function rcodeName(rcode: number): string {
  return RCODES.get(rcode) ?? `RCODE${rcode}`;
}
