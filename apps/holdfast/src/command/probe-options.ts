// The options of `holdfast probe` as the fields of a check, each for the kinds that know it. What is said
// and means nothing there is refused, never dropped in silence.

import { HoldfastError } from '@holdfast/kernel';
import type { Call } from '../cli/command.ts';

export const KINDS = ['http', 'tls', 'dns', 'tcp', 'icmp', 'grpc'] as const;
export type Kind = (typeof KINDS)[number];
/** `plugin` stands for all kinds that plugins bring. */
export type Meant = Kind | 'plugin';

/** Options that mean something for some kinds only; all others are for every kind. */
const KIND_OPTIONS: Readonly<Record<string, readonly Meant[]>> = {
  method: ['http'],
  header: ['http', 'grpc'],
  data: ['http'],
  'http-version': ['http'],
  proxy: ['http'],
  'expect-status': ['http'],
  record: ['dns'],
  server: ['dns'],
  trace: ['dns'],
  root: ['dns'],
  dnssec: ['dns'],
  packets: ['icmp'],
  service: ['grpc'],
  starttls: ['tls'],
  with: ['plugin'],
  ca: ['http', 'tls', 'dns', 'grpc', 'plugin'],
  insecure: ['http', 'tls', 'dns', 'grpc', 'plugin'],
};

/** Throws HoldfastError USAGE. Variables are for every call of a user: only words of this one count. */
export function refuseStrangeOptions(kind: Meant, call: Call): void {
  for (const [option, kinds] of Object.entries(KIND_OPTIONS)) {
    if (kinds.includes(kind) || !call.given(option)) continue;
    throw new HoldfastError(
      'USAGE',
      `--${option} means nothing for a target of kind ${kind}`,
      `It is for ${kinds.join(', ')}: leave it out, or name the kind before the target.`,
    );
  }
}

/** The options of the call that belong to the kind, as the fields of a check. */
export function fieldsOf(kind: Meant, target: string, call: Call): Record<string, unknown> {
  const of: Record<Meant, () => Record<string, unknown>> = {
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
      roots: rootsOf(call),
      dnssec: call.flag('dnssec') || undefined,
      tls: isSecureServer(call) || saysTls(call) ? tlsOf(call) : undefined,
    }),
    tcp: () => ({}),
    icmp: () => ({ packets: countOf(call.text('packets')) }),
    grpc: () => ({
      service: call.text('service'),
      metadata: headersOf(call),
      tls: /^grpcs:/i.test(target) || saysTls(call) ? tlsOf(call) : undefined,
    }),
    plugin: () => ({
      with: Object.fromEntries(call.texts('with').map(pluginOption)),
      tls: tlsOf(call),
    }),
  };
  return written(of[kind]());
}

/** What a variable says for every call must not make plain targets wrong; what this call says, may. */
function saysTls(call: Call): boolean {
  return call.given('ca') || call.given('insecure');
}

function isSecureServer(call: Call): boolean {
  return /^(?:tls|https):/i.test(call.text('server') ?? '');
}

export function addressesOf(call: Call): Record<string, unknown> {
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
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `192.0.2.1`, `192.0.2.1:5353`, `[2001:db8::1]:5353`. */
function rootsOf(call: Call): { name: string; ip: string; port?: unknown }[] | undefined {
  const roots = call.texts('root').map((text) => {
    const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? [];
    const ip = bracketed ?? plain ?? text;
    return { name: ip, ip, ...(port === undefined ? {} : { port: countOf(port) }) };
  });
  return roots.length === 0 ? undefined : roots;
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

/** Words of JSON mean what they say there, such as `true` and `3`; all others are texts. */
function pluginOption(text: string): [string, unknown] {
  const equals = text.indexOf('=');
  if (equals <= 0) {
    const what = `plugin option ${JSON.stringify(text)} has no value`;
    throw new HoldfastError('USAGE', what, 'Write it as NAME=VALUE.');
  }
  const value = text.slice(equals + 1);
  try {
    return [text.slice(0, equals), JSON.parse(value)];
  } catch {
    return [text.slice(0, equals), value];
  }
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
