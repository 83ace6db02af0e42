// What an OCSP answer says (RFC 6960 section 4.2), read but not believed: whose signature it bears is
// looked at elsewhere. Parts that no verdict needs, such as reasons and extensions, are passed over.

import { serialOf } from './certificate-parts.ts';
import {
  bitsOf,
  contextTag,
  type DerValue,
  identifierOf,
  readDer,
  TAG,
  timeOf,
  valuesOf,
} from './der.ts';

export type OcspStatus = 'good' | 'revoked' | 'unknown';

/** What is said of one certificate. Times in ms since 1970. */
export interface OcspStatement {
  /** Hex of the object identifier by which name and key were hashed. */
  hashAlgorithm: string;
  issuerNameHash: Buffer;
  issuerKeyHash: Buffer;
  serialNumber: string;
  status: OcspStatus;
  thisUpdateMs: number;
  /** Absent: newer information may be had at any time. */
  nextUpdateMs?: number;
}

export interface OcspAnswer {
  /** DER, exactly as signed. */
  signed: Buffer;
  /** Hex of the object identifier. */
  signatureAlgorithm: string;
  signature: Buffer;
  /** DER of certificates sent along. */
  certificates: Buffer[];
  responder: { name: Buffer } | { keyHash: Buffer };
  producedAtMs: number;
  statements: OcspStatement[];
}

export type OcspReading = { ok: true; answer: OcspAnswer } | { ok: false; problem: string };

/** id-pkix-ocsp-basic, 1.3.6.1.5.5.7.48.1.1 */
const BASIC = '2b0601050507300101';
/** A staple speaks of one certificate; a responder may answer for a few more. */
const STATEMENTS_MAX = 20;
/** A delegated responder and its chain. */
const CERTIFICATES_MAX = 5;
const ANSWER_BYTES_MAX = 64 * 1024;
const STATUS_OF_TAG: ReadonlyMap<number, OcspStatus> = new Map([
  [contextTag(0, false), 'good'],
  [contextTag(1), 'revoked'],
  [contextTag(2, false), 'unknown'],
]);
/** OCSPResponseStatus; 0 is success. */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [1, 'the responder found the question malformed'],
  [2, 'the responder had an internal error'],
  [3, 'the responder asks to try later'],
  [5, 'the responder wants a signed question'],
  [6, 'the responder was not allowed to answer'],
]);
const UNREADABLE: OcspReading = { ok: false, problem: 'it is not a valid OCSP answer' };

export function readOcspAnswer(bytes: Buffer): OcspReading {
  if (bytes.length > ANSWER_BYTES_MAX) return UNREADABLE;
  const [status, body, ...others] = valuesOf(readDer(bytes, TAG.sequence)) ?? [];
  if (status?.tag !== TAG.enumerated || status.content.length !== 1) return UNREADABLE;
  const refusal = REFUSALS.get(status.content[0] ?? 0);
  if (refusal !== undefined) return { ok: false, problem: refusal };
  if (status.content[0] !== 0 || others.length > 0) return UNREADABLE;
  const answer = body?.tag === contextTag(0) ? basicAnswer(body) : undefined;
  return answer === undefined ? UNREADABLE : { ok: true, answer };
}

function basicAnswer(body: DerValue): OcspAnswer | undefined {
  const [type, octets] = valuesOf(readDer(body.content, TAG.sequence)) ?? [];
  if (identifierOf(type) !== BASIC || octets?.tag !== TAG.octetString) return undefined;
  const [data, algorithm, bits, certificates] =
    valuesOf(readDer(octets.content, TAG.sequence)) ?? [];
  const said = responseData(data);
  const signature = bitsOf(bits);
  const signatureAlgorithm = identifierOf(valuesOf(algorithm)?.[0]);
  if (data === undefined || said === undefined) return undefined;
  if (signature === undefined || signatureAlgorithm === undefined) return undefined;
  return {
    ...said,
    signed: data.whole,
    signature,
    signatureAlgorithm,
    certificates: certificatesIn(certificates),
  };
}

type Said = Pick<OcspAnswer, 'responder' | 'producedAtMs' | 'statements'>;

function responseData(data: DerValue | undefined): Said | undefined {
  const fields = valuesOf(data) ?? [];
  const [who, produced, list] = fields[0]?.tag === contextTag(0) ? fields.slice(1) : fields;
  const responder = responderOf(who);
  const producedAtMs = timeOf(produced);
  const written = valuesOf(list)?.slice(0, STATEMENTS_MAX);
  if (responder === undefined || producedAtMs === undefined || written === undefined) {
    return undefined;
  }
  const statements: OcspStatement[] = [];
  for (const value of written) {
    const statement = statementOf(value);
    if (statement === undefined) return undefined;
    statements.push(statement);
  }
  return { responder, producedAtMs, statements };
}

function responderOf(who: DerValue | undefined): OcspAnswer['responder'] | undefined {
  if (who?.tag === contextTag(1)) return { name: who.content };
  if (who?.tag !== contextTag(2)) return undefined;
  const keyHash = readDer(who.content, TAG.octetString)?.content;
  return keyHash === undefined ? undefined : { keyHash };
}

function statementOf(value: DerValue): OcspStatement | undefined {
  const [id, said, from, ...rest] = valuesOf(value) ?? [];
  const [algorithm, name, key, serial] = valuesOf(id) ?? [];
  const hashAlgorithm = identifierOf(valuesOf(algorithm)?.[0]);
  const serialNumber = serialOf(serial);
  const status = STATUS_OF_TAG.get(said?.tag ?? 0);
  const thisUpdateMs = timeOf(from);
  if (hashAlgorithm === undefined || serialNumber === undefined) return undefined;
  if (name?.tag !== TAG.octetString || key?.tag !== TAG.octetString) return undefined;
  if (status === undefined || thisUpdateMs === undefined) return undefined;
  const until = rest.find(({ tag }) => tag === contextTag(0));
  const nextUpdateMs = until && timeOf(readDer(until.content));
  if (until !== undefined && nextUpdateMs === undefined) return undefined;
  return {
    hashAlgorithm,
    issuerNameHash: name.content,
    issuerKeyHash: key.content,
    serialNumber,
    status,
    thisUpdateMs,
    ...(nextUpdateMs === undefined ? {} : { nextUpdateMs }),
  };
}

function certificatesIn(value: DerValue | undefined): Buffer[] {
  if (value?.tag !== contextTag(0)) return [];
  const list = valuesOf(readDer(value.content, TAG.sequence)) ?? [];
  return list.slice(0, CERTIFICATES_MAX).map(({ whole }) => whole);
}
