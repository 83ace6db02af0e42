// What a check asks, read from its target: an address whose scheme tells the kind, or one without a
// scheme whose kind is given. Credentials stay in the address that is dialled and never in what is shown.

import type { PluginDescription } from '../plugin.ts';
import { similarWord } from '../similar-word.ts';
import type { DnsServer } from './dns-server.ts';
import { readDnsAddress, readDnsName } from './dns-target.ts';
import { PORT_MAX, readHost, readHostAndPort, type TargetFault } from './host-and-port.ts';
import { type CheckType, isCheckType, type Kind, TARGET_EXAMPLES } from './kinds.ts';

export type { Kind, TargetFault };

export type Target = { shown: string } & (
  | { type: 'http'; url: string; secure: boolean }
  | { type: 'tcp'; host: string; port: number }
  | { type: 'tls'; host: string; port: number; portWritten: boolean }
  | { type: 'dns'; name: string; server?: DnsServer }
  | { type: 'icmp'; host: string }
  | { type: 'grpc'; host: string; port: number; secure: boolean }
  | { type: 'plugin'; plugin: PluginDescription }
);

export type TargetReading = { ok: true; target: Target } | { ok: false; fault: TargetFault };

/** Port of TLS where a target names none: that of https. */
const TLS_PORT = 443;

const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//;
const SCHEMES: ReadonlyMap<string, CheckType> = new Map([
  ['http', 'http'],
  ['https', 'http'],
  ['tcp', 'tcp'],
  ['tls', 'tls'],
  ['dns', 'dns'],
  ['icmp', 'icmp'],
  ['ping', 'icmp'],
  ['grpc', 'grpc'],
  ['grpcs', 'grpc'],
]);
const WORDS: Readonly<Record<CheckType, string>> = {
  http: 'a web address',
  tcp: 'a TCP target',
  tls: 'a TLS target',
  dns: 'a DNS target',
  icmp: 'an ICMP target',
  grpc: 'a gRPC target',
};

/** Of the built-in kinds; no plugin may take one. */
export const BUILT_IN_SCHEMES: ReadonlySet<string> = new Set(SCHEMES.keys());

type Plugins = readonly PluginDescription[];

export function readTarget(
  text: string,
  type: string | undefined,
  plugins: Plugins = [],
): TargetReading {
  if (/[\s\p{Cc}]/u.test(text))
    return refused('must not hold spaces or line breaks', 'remove them, or write %20');
  if (text.includes('${'))
    return refused('cannot hold placeholders', 'put secrets into headers, which can');
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return withoutScheme(text, type, plugins);
  const told = SCHEMES.get(scheme);
  const plugin = plugins.find(({ schemes }) => schemes.includes(scheme));
  if (told === undefined && plugin === undefined) return unknownScheme(scheme, plugins);
  const kind = told ?? plugin?.kind ?? '';
  if (type !== undefined && type !== kind) {
    const example = exampleOf(type, plugins);
    const hint = `write type: ${kind}, or a target like ${example}`;
    return refused(`is ${wordsOf(kind)}, but type is ${type}`, hint);
  }
  if (plugin !== undefined) return pluginTarget(text, plugin);
  return readKind(told ?? 'http', text, scheme);
}

function exampleOf(type: string, plugins: Plugins): string {
  if (isCheckType(type)) return TARGET_EXAMPLES[type];
  return plugins.find(({ kind }) => kind === type)?.targetExample ?? TARGET_EXAMPLES.plugin;
}

function wordsOf(kind: string): string {
  return isCheckType(kind) ? WORDS[kind] : `a target of ${kind}`;
}

/** Credentials in it, if its kind allows some, stay in what is dialled. */
function pluginTarget(text: string, plugin: PluginDescription): TargetReading {
  return { ok: true, target: { type: 'plugin', plugin, shown: withoutCredentials(text) } };
}

function unknownScheme(scheme: string, plugins: Plugins): TargetReading {
  const schemes = [...SCHEMES.keys(), ...plugins.flatMap((plugin) => plugin.schemes)];
  const near = similarWord(scheme, schemes);
  const known = schemes.map((word) => `${word}://`).join(', ');
  const hint = near === undefined ? `write one of ${known}` : `did you mean ${near}://?`;
  return refused(`has the unknown scheme ${scheme}://`, hint);
}

function withoutScheme(text: string, type: string | undefined, plugins: Plugins): TargetReading {
  if (text === '') return refused('is empty', 'write an address like https://example.com/health');
  if (isCheckType(type)) return readKind(type, text, undefined);
  const plugin = plugins.find(({ kind }) => kind === type);
  if (plugin !== undefined) return pluginTarget(text, plugin);
  const shown = withoutCredentials(text);
  const hint = /:\d+$/.test(text)
    ? `write tcp://${shown} or http://${shown}`
    : `write https://${shown}, or add type: http`;
  return refused('does not tell its kind', hint);
}

function readKind(type: CheckType, text: string, scheme: string | undefined): TargetReading {
  if (type === 'http')
    return scheme === undefined ? webAddress(`http://${text}`, 'http') : webAddress(text, scheme);
  const rest = scheme === undefined ? text : text.slice(scheme.length + '://'.length);
  if (type === 'dns') {
    const reading = scheme === undefined ? readDnsName(rest) : readDnsAddress(rest);
    if (!reading.ok) return reading;
    const { ok, ...asked } = reading;
    return { ok, target: { type, ...asked, shown: text } };
  }
  const reading = hostOf(type, rest);
  if (!reading.ok) return reading;
  const { host, port, portWritten } = reading;
  if (type === 'icmp') return { ok: true, target: { type, host, shown: text } };
  if (type === 'tcp') return { ok: true, target: { type, host, port, shown: text } };
  if (type === 'tls') return { ok: true, target: { type, host, port, portWritten, shown: text } };
  return { ok: true, target: { type, host, port, secure: scheme === 'grpcs', shown: text } };
}

function hostOf(type: 'tcp' | 'tls' | 'icmp' | 'grpc', rest: string) {
  if (type === 'icmp') return readHost(rest.replace(/\/$/, ''), 'icmp://router.example.com');
  if (type === 'tls') return readHostAndPort(rest, 'tls://mail.example.com:465', TLS_PORT);
  if (type === 'grpc') return readHostAndPort(rest, 'grpc://api.example.com:50051');
  return readHostAndPort(rest, 'tcp://db.example.com:5432');
}

function webAddress(text: string, scheme: string): TargetReading {
  if (!URL.canParse(text)) {
    const port = /^[a-z]+:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/i.exec(text)?.[1];
    if (port !== undefined && Number(port) > PORT_MAX)
      return refused(`has port ${port}`, `write a port of 1 to ${PORT_MAX}`);
    return refused('is not a web address', 'write it like https://example.com/health');
  }
  const url = new URL(text);
  if (url.port === '0') return refused('has port 0', `write a port of 1 to ${PORT_MAX}`);
  const shown = withoutCredentials(text);
  return { ok: true, target: { type: 'http', url: url.href, secure: scheme === 'https', shown } };
}

/** Drops `user:password@` from an address, whether or not the rest can be read. */
export function withoutCredentials(text: string): string {
  return text.replace(/^([A-Za-z][A-Za-z0-9+.-]*:\/\/|)[^/?#\s]*@/, '$1');
}

function refused(message: string, hint: string): TargetReading {
  return { ok: false, fault: { message, hint } };
}
