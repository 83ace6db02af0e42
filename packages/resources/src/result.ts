// The records that rooms exchange about probes (floor 1, types only: importing it costs nothing at
// run time). A result states what was measured; what did not happen is absent, never zero.

import type { Fault, PhaseName } from '@holdfast/kernel';

export type { Fault, FaultClass, PhaseName } from '@holdfast/kernel';

/** `timeout` = the total deadline or the limit of a phase passed; `invalid` = the prober's own fault, says nothing of the target. */
export type Status = 'up' | 'down' | 'timeout' | 'invalid';

/** One phase that happened. `hop` counts redirects from 0; `startMs` is from the start of the probe. */
export interface Phase {
  name: PhaseName;
  hop: number;
  startMs: number;
  durationMs: number;
}

/** Names one run of one check at one place; appending the same key twice keeps one row. */
export interface ResultKey {
  namespace: string;
  check: string;
  location: string;
  plannedAtMs: number;
  attempt: number;
}

/** A certificate as the peer showed it. Times in ms since 1970, `fingerprint256` lowercase hex without colons. */
export interface CertificateFacts {
  fingerprint256: string;
  subject: string;
  issuer: string;
  serialNumber: string;
  /** DNS names and IP addresses of the subject alternative names, as `DNS:a`, `IP:b`. */
  names: string[];
  validFromMs: number;
  validToMs: number;
  publicKey: string;
  certificateAuthority: boolean;
}

export interface TlsFacts {
  /** `TLSv1.3`, `TLSv1.2` … */
  version: string;
  cipher: string;
  alpn?: string;
  serverName?: string;
  /** Whether the chain and the name held against the trusted authorities. */
  verified: boolean;
  /** Why not. */
  verifyError?: string;
  /** Leaf first, as shown by the peer; at most 10. */
  chain: CertificateFacts[];
}

/** What the kernel measured of the connection (TCP_INFO), right after the handshake. */
export interface KernelFacts {
  /** Round trip of SYN to SYN-ACK. */
  handshakeMs: number;
  rttVarianceMs: number;
  retransmits: number;
  mssBytes: number;
}

export interface ResultContext {
  sourceIp?: string;
  peerIp?: string;
  peerPort?: number;
  ipVersion?: 4 | 6;
  /** Every address the name had, in the order tried. */
  addresses?: string[];
  kernel?: KernelFacts;
  tls?: TlsFacts;
  /** Every URL asked, first to last, credentials removed. */
  urls?: string[];
  traceId?: string;
  /** `host:port` of the proxy that was asked. */
  proxy?: string;
  /** The connection was there already: there is no connect phase. */
  reused?: boolean;
}

export interface ProbeResult {
  key: ResultKey;
  kind: string;
  /** As people wrote it, credentials removed. */
  target: string;
  agent: string;
  startedAtMs: number;
  /** How late after its plan the run began. */
  scheduleLagMs: number;
  /** The longest the agent's loop was blocked while this probe ran. */
  loopLagMs: number;
  status: Status;
  fault?: Fault;
  totalMs: number;
  phases: Phase[];
  context: ResultContext;
  /** Facts of the kind: http has `status_code`, `http_version`, `body_length`, `headers`, `body_excerpt`, `redirects` … */
  detail: Record<string, unknown>;
}

/** Names a check. */
export interface CheckReference {
  namespace: string;
  check: string;
}
