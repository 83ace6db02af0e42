// What probers put into the detail of a result, read without trust: a plugin or a later version may
// put anything there. What does not have the shape that is asked for is absent, never an error.

type Detail = Record<string, unknown>;

/** Lists are shown up to here; results are bounded long before. */
const ITEMS_MAX = 100;

/** One question to one server on the way from the root. */
export interface ResolutionStep {
  zone: string;
  name?: string;
  server: string;
  address?: string;
  transport?: string;
  timeMs?: number;
  rcode?: string;
  /** What came of it: a referral, an alias, the answer. */
  came?: string;
  secure?: boolean;
  failure?: string;
}

export interface AddressRun {
  ip: string;
  status: string;
  totalMs?: number;
  code?: string;
}

export interface Packet {
  sequence: number;
  rttMs: number;
  ttl?: number;
}

export interface DialogueStep {
  step: number;
  kind: string;
  atMs?: number;
  bytes?: number;
  matched?: string;
}

export interface EarlierTry {
  status: string;
  code?: string;
  totalMs?: number;
}

export function resolutionSteps(detail: Detail): ResolutionStep[] {
  return recordsOf(detail.resolution_chain).map((step) => {
    const referral = recordOf(step.referral);
    const came =
      textOf(step.kind) ??
      (referral === undefined ? textOf(step.alias) : `→ ${textOf(referral.zone) ?? ''}`);
    return present({
      zone: textOf(step.zone) ?? '',
      name: textOf(step.name),
      server: textOf(step.server) ?? '',
      address: textOf(step.ip) ?? textOf(step.address),
      transport: textOf(step.transport),
      timeMs: numberOf(step.time_ms) ?? numberOf(step.ms),
      rcode: textOf(step.rcode),
      came,
      secure: typeof step.secure === 'boolean' ? step.secure : undefined,
      failure: textOf(recordOf(step.fault)?.message),
    });
  });
}

export function dnssecOf(detail: Detail): { state: string; reason?: string } | undefined {
  const said = recordOf(detail.dnssec);
  const state = textOf(said?.state);
  return state === undefined ? undefined : present({ state, reason: textOf(said?.reason) });
}

export function addressRuns(detail: Detail): AddressRun[] {
  return recordsOf(detail.addresses).flatMap((run) => {
    const [ip, status] = [textOf(run.ip), textOf(run.status)];
    if (ip === undefined || status === undefined) return [];
    return present({ ip, status, totalMs: numberOf(run.total_ms), code: textOf(run.code) });
  });
}

export function packetsOf(detail: Detail): Packet[] {
  const packets = recordsOf(detail.replies).flatMap((reply) => {
    const [sequence, rttMs] = [numberOf(reply.sequence), numberOf(reply.rtt_ms)];
    if (sequence === undefined || rttMs === undefined) return [];
    return present({ sequence, rttMs, ttl: numberOf(reply.ttl) });
  });
  return packets.sort((a, b) => a.sequence - b.sequence);
}

export function dialogueSteps(detail: Detail): DialogueStep[] {
  return recordsOf(detail.steps).flatMap((step, place) => {
    const kind = textOf(step.kind);
    if (kind === undefined) return [];
    return present({
      step: numberOf(step.step) ?? place + 1,
      kind,
      atMs: numberOf(step.at_ms),
      bytes: numberOf(step.bytes),
      matched: textOf(step.matched),
    });
  });
}

export function earlierTries(detail: Detail): EarlierTry[] {
  return recordsOf(detail.earlier_tries).flatMap((run) => {
    const status = textOf(run.status);
    if (status === undefined) return [];
    return present({ status, code: textOf(run.code), totalMs: numberOf(run.total_ms) });
  });
}

/** A mapping's plain members as text, in their order; `undefined` when it is none. */
export function plainFacts(value: unknown): [string, string][] | undefined {
  const record = recordOf(value);
  if (record === undefined) return undefined;
  return Object.entries(record)
    .filter(([, member]) => ['string', 'number', 'boolean'].includes(typeof member))
    .slice(0, ITEMS_MAX)
    .map(([name, member]) => [name, String(member)]);
}

export function recordOf(value: unknown): Detail | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Detail)
    : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function recordsOf(value: unknown): Detail[] {
  const items: unknown[] = Array.isArray(value) ? value.slice(0, ITEMS_MAX) : [];
  return items.map(recordOf).filter((item) => item !== undefined);
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

function present<T extends object>(facts: T): Present<T> {
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined),
  ) as Present<T>;
}
