// From the words of `holdfast probe` to a check: written as a person would write it in a file, and
// compiled as that.

import { HoldfastError } from '@holdfast/kernel';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import { similarWord } from '@holdfast/resources/similar-word';
import type { Call } from '../cli/command.ts';

const KINDS = ['http', 'tls', 'dns', 'tcp', 'icmp', 'grpc'] as const;
type Kind = (typeof KINDS)[number];

export const PROBE_USAGE = '[http|tls|dns|tcp|icmp|grpc] TARGET';

const SCHEMES: Readonly<Record<string, Kind>> = {
  http: 'http',
  https: 'http',
  tls: 'tls',
  dns: 'dns',
  tcp: 'tcp',
  icmp: 'icmp',
  grpc: 'grpc',
  grpcs: 'grpc',
};

/** Writes the call as the check that a person would write, and compiles that. */
export async function checkOf(call: Call, workingDirectory: string): Promise<CompiledCheck> {
  const { kind, target } = targetOf(call);
  const written = {
    name: 'probe',
    type: kind,
    target,
    interval: '24h',
    timeout: call.text('timeout'),
    ...addressesOf(call),
    ...fieldsOf(kind, target, call),
  };
  const { compileTerseCheck } = await import('@holdfast/resources/load');
  const { readerIn } = await import('../named-file.ts');
  const compiled = compileTerseCheck(written, readerIn(workingDirectory));
  if (compiled.ok) return compiled.check;
  const what = compiled.problems.map(({ path, message }) => `${path} ${message}`).join('; ');
  const hint = compiled.problems.map((problem) => problem.hint).find((text) => text !== undefined);
  throw new HoldfastError('USAGE', what, hint ?? 'See `holdfast probe --help`.');
}

function targetOf(call: Call): { kind: Kind; target: string } {
  const [first, second] = call.arguments;
  const url = call.text('url');
  const kindGiven = second !== undefined || (url !== undefined && first !== undefined);
  const target = url ?? (second === undefined ? first : second);
  if (target === undefined || (url !== undefined && second !== undefined)) {
    const cure = `Usage: holdfast probe ${PROBE_USAGE}`;
    throw new HoldfastError('USAGE', 'exactly one target is needed', cure);
  }
  if (kindGiven) return { kind: knownKind(first ?? ''), target };
  if (KINDS.some((kind) => kind === target)) {
    const cure = `Usage: holdfast probe ${target} TARGET`;
    throw new HoldfastError('USAGE', 'the target is missing', cure);
  }
  return { kind: kindOfTarget(target), target };
}

function knownKind(word: string): Kind {
  const kind = KINDS.find((one) => one === word);
  if (kind !== undefined) return kind;
  const near = similarWord(word, KINDS);
  const cure = near === undefined ? `Kinds: ${KINDS.join(', ')}.` : `Did you mean ${near}?`;
  throw new HoldfastError('USAGE', `unknown kind ${JSON.stringify(word)}`, cure);
}

/** By its scheme; `host:port` without one is a TCP target, anything else a web address. */
function kindOfTarget(target: string): Kind {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(target)?.[1];
  if (scheme !== undefined) return SCHEMES[scheme.toLowerCase()] ?? 'http';
  return /^[^/]+:\d+$/.test(target) ? 'tcp' : 'http';
}

/** The options of the call that belong to the kind, as the fields of a check. */
function fieldsOf(kind: Kind, target: string, call: Call): Record<string, unknown> {
  const of: Record<Kind, () => Record<string, unknown>> = {
    http: () => ({
      method: call.text('method') ?? (call.text('data') === undefined ? undefined : 'POST'),
      body: call.text('data'),
      version: call.text('http-version'),
      proxy: call.text('proxy'),
      headers: headersOf(call),
      tls: tlsOf(call),
      expect: { status: statusOf(call) },
    }),
    tls: () => ({ tls: tlsOf(call), startTls: call.text('starttls') }),
    dns: () => ({
      recordType: call.text('record'),
      server: call.text('server'),
      trace: call.flag('trace') || undefined,
      dnssec: call.flag('dnssec') || undefined,
      ...(/^(?:tls|https):/i.test(call.text('server') ?? '') ? { tls: tlsOf(call) } : {}),
    }),
    tcp: () => ({}),
    icmp: () => ({ packets: countOf(call.text('packets')) }),
    grpc: () => ({
      service: call.text('service'),
      metadata: headersOf(call),
      ...(target.toLowerCase().startsWith('grpcs:') ? { tls: tlsOf(call) } : {}),
    }),
  };
  return written(of[kind]());
}

function addressesOf(call: Call): Record<string, unknown> {
  return written({
    address: call.text('address'),
    addresses: call.flag('all-addresses') ? 'all' : undefined,
  });
}

/** Without what was not said. */
function written(fields: Record<string, unknown>): Record<string, unknown> {
  const said = Object.entries(fields)
    .map(([name, value]) => [name, isRecord(value) ? written(value) : value] as const)
    .filter(
      ([, value]) => value !== undefined && !(isRecord(value) && Object.keys(value).length === 0),
    );
  return Object.fromEntries(said);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function headersOf(call: Call): Record<string, string> {
  return Object.fromEntries(call.texts('header').map(headerOf));
}

function tlsOf(call: Call): Record<string, unknown> {
  return { ca: call.text('ca'), verify: call.flag('insecure') ? false : undefined };
}

function statusOf(call: Call): unknown {
  return countOf(call.text('expect-status'));
}

/** Digits as a number; other words as they are, for the validation to speak of. */
function countOf(text: string | undefined): unknown {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : text;
}

function headerOf(text: string): [string, string] {
  const colon = text.indexOf(':');
  if (colon > 0) return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
  throw new HoldfastError(
    'USAGE',
    `header ${JSON.stringify(text)} has no colon`,
    'Write it as "Name: value".',
  );
}
