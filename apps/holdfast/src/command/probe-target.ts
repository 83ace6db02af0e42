// From the words of `holdfast probe` to a check: written as a person would write it in a file, and
// compiled as that.

import { HoldfastError } from '@holdfast/kernel';
import type { CompiledCheck } from '@holdfast/resources/compiled-check';
import type { Problem } from '@holdfast/resources/load';
import type { LoadPlugin } from '@holdfast/resources/plugin';
import { similarWord } from '@holdfast/resources/similar-word';
import type { Call } from '../cli/command.ts';

const KINDS = ['http', 'tls', 'dns', 'tcp', 'icmp', 'grpc'] as const;
type Kind = (typeof KINDS)[number];
/** `plugin` stands for all kinds that plugins bring. */
type Meant = Kind | 'plugin';

/** What is asked, before it is compiled; without a type, the target's scheme tells it. */
interface Asked {
  kind: Meant;
  type?: string;
  target: string;
}

export const PROBE_USAGE = '[http|tls|dns|tcp|icmp|grpc] TARGET';

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
  dnssec: ['dns'],
  packets: ['icmp'],
  service: ['grpc'],
  starttls: ['tls'],
  with: ['plugin'],
  ca: ['http', 'tls', 'dns', 'grpc', 'plugin'],
  insecure: ['http', 'tls', 'dns', 'grpc', 'plugin'],
};

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

/** Writes the call as the check that a person would write, and compiles that. `plugins`: absolute paths and packages. */
export async function checkOf(
  call: Call,
  workingDirectory: string,
  plugins: readonly string[],
): Promise<CompiledCheck> {
  const { kind, type, target } = targetOf(call, plugins.length > 0);
  refuseStrangeOptions(kind, call);
  const written = {
    name: 'probe',
    ...(type === undefined ? {} : { type }),
    target,
    interval: '24h',
    timeout: call.text('timeout'),
    ...addressesOf(call),
    ...fieldsOf(kind, target, call),
  };
  const { compileTerseCheck } = await import('@holdfast/resources/load');
  const { readerIn } = await import('../named-file.ts');
  const compiled = compileTerseCheck(written, readerIn(workingDirectory), {
    folder: workingDirectory,
    ...(plugins.length === 0 ? {} : { plugins: [...plugins], loadPlugin: await describer() }),
  });
  if (compiled.ok) return compiled.check;
  throw refusal(compiled.problems, plugins);
}

async function describer(): Promise<LoadPlugin> {
  const { describePlugin } = await import('@holdfast/probing/plugin');
  return describePlugin;
}

/** Plugins first: what follows from a missing one helps nobody. */
function refusal(problems: readonly Problem[], plugins: readonly string[]): HoldfastError {
  const ofPlugins = problems.flatMap(({ path, message }) => {
    const at = /^plugins\[(\d+)\]/.exec(path)?.[1];
    return at === undefined ? [] : [`--plugin ${plugins[Number(at)]} ${message}`];
  });
  if (ofPlugins.length > 0) {
    const cure = 'Name the path of a module that exports a prober, or an installed package.';
    return new HoldfastError('USAGE', ofPlugins.join('; '), cure);
  }
  const what = problems.map(({ path, message }) => `${path} ${message}`).join('; ');
  const hint = problems.map((problem) => problem.hint).find((text) => text !== undefined);
  return new HoldfastError('USAGE', what, hint ?? 'See `holdfast probe --help`.');
}

/** What is said and means nothing would be a silent lie. */
function refuseStrangeOptions(kind: Meant, call: Call): void {
  for (const [option, kinds] of Object.entries(KIND_OPTIONS)) {
    if (kinds.includes(kind) || !(call.given(option) > 0)) continue;
    throw new HoldfastError(
      'USAGE',
      `--${option} means nothing for a target of kind ${kind}`,
      `It is for ${kinds.join(', ')}: leave it out, or name the kind before the target.`,
    );
  }
}

function targetOf(call: Call, withPlugins: boolean): Asked {
  const [first, second] = call.arguments;
  const url = call.text('url');
  const kindGiven = second !== undefined || (url !== undefined && first !== undefined);
  const target = url ?? (second === undefined ? first : second);
  if (target === undefined || (url !== undefined && second !== undefined)) {
    const cure = `Usage: holdfast probe ${PROBE_USAGE}`;
    throw new HoldfastError('USAGE', 'exactly one target is needed', cure);
  }
  if (kindGiven) return { ...kindNamed(first ?? '', withPlugins), target };
  if (KINDS.some((kind) => kind === target)) {
    const cure = `Usage: holdfast probe ${target} TARGET`;
    throw new HoldfastError('USAGE', 'the target is missing', cure);
  }
  const kind = kindOfTarget(target, withPlugins);
  return kind === 'plugin' ? { kind, target } : { kind, type: kind, target };
}

function kindNamed(word: string, withPlugins: boolean): Omit<Asked, 'target'> {
  const kind = KINDS.find((one) => one === word);
  if (kind !== undefined) return { kind, type: kind };
  if (withPlugins) return { kind: 'plugin', type: word };
  const near = similarWord(word, KINDS);
  const cure = near === undefined ? `Kinds: ${KINDS.join(', ')}.` : `Did you mean ${near}?`;
  throw new HoldfastError('USAGE', `unknown kind ${JSON.stringify(word)}`, cure);
}

/** By its scheme; `host:port` without one is a TCP target, anything else a web address. */
function kindOfTarget(target: string, withPlugins: boolean): Meant {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(target)?.[1];
  const known = SCHEMES[scheme?.toLowerCase() ?? ''];
  if (known !== undefined) return known;
  if (scheme !== undefined) return withPlugins ? 'plugin' : 'http';
  return /^[^/]+:\d+$/.test(target) ? 'tcp' : 'http';
}

/** The options of the call that belong to the kind, as the fields of a check. */
function fieldsOf(kind: Meant, target: string, call: Call): Record<string, unknown> {
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
    plugin: () => ({ with: Object.fromEntries(call.texts('with').map(pluginOption)), tls: tlsOf(call) }),
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
