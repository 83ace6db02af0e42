// What a check asks, read from its target: a web address, or host and port. The kind may be told by
// the scheme alone. Credentials stay in the address that is dialled and never in what is shown.

import { isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { similarWord } from '../similar-word.ts';

export type CheckType = 'http' | 'tcp';

export type Target =
  | { type: 'http'; url: string; secure: boolean; shown: string }
  | { type: 'tcp'; host: string; port: number; shown: string };

export interface TargetFault {
  message: string;
  hint: string;
}

export type TargetReading = { ok: true; target: Target } | { ok: false; fault: TargetFault };

/** Kinds that Holdfast will have; their fields and schemes deserve a straight answer. */
export const LATER_TYPES = ['dns', 'tls', 'icmp', 'grpc'] as const;

const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//;
const LATER_SCHEMES: Record<string, string> = {
  dns: 'dns',
  tls: 'tls',
  icmp: 'icmp',
  ping: 'icmp',
  grpc: 'grpc',
  grpcs: 'grpc',
};
const PORT_MAX = 65_535;

export function laterType(word: string): string {
  return `kind ${word} is not available yet`;
}

export function readTarget(text: string, type: CheckType | undefined): TargetReading {
  if (/[\s\p{Cc}]/u.test(text))
    return refused('must not hold spaces or line breaks', 'remove them, or write %20');
  if (text.includes('${'))
    return refused('cannot hold placeholders', 'put secrets into headers, which can');
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return withoutScheme(text, type);
  if (scheme === 'http' || scheme === 'https') {
    if (type !== 'tcp') return webAddress(text, scheme);
    return refused(
      'is a web address, but type is tcp',
      'write type: http, or a target like tcp://host:port',
    );
  }
  if (scheme === 'tcp') {
    if (type !== 'http') return hostAndPort(text.slice('tcp://'.length), text);
    return refused(
      'is a TCP target, but type is http',
      'write type: tcp, or a target like https://host/path',
    );
  }
  const later = LATER_SCHEMES[scheme];
  if (later !== undefined) return refused(laterType(later), 'write http://, https:// or tcp://');
  const near = similarWord(scheme, ['http', 'https', 'tcp']);
  const hint =
    near === undefined ? 'write http://, https:// or tcp://' : `did you mean ${near}://?`;
  return refused(`has the unknown scheme ${scheme}://`, hint);
}

function withoutScheme(text: string, type: CheckType | undefined): TargetReading {
  if (text === '') return refused('is empty', 'write an address like https://example.com/health');
  if (type === 'http') return webAddress(`http://${text}`, 'http');
  if (type === 'tcp') return hostAndPort(text, text);
  const shown = withoutCredentials(text);
  const hint = /:\d+$/.test(text)
    ? `write tcp://${shown} or http://${shown}`
    : `write https://${shown}, or add type: http`;
  return refused('does not tell its kind', hint);
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
  const target: Target = {
    type: 'http',
    url: url.href,
    secure: scheme === 'https',
    shown: withoutCredentials(text),
  };
  return { ok: true, target };
}

function hostAndPort(text: string, written: string): TargetReading {
  const [, bracketed, plain, digits] =
    /^(?:\[([^\]]*)\]|([^:[\]/?#@]*)):(\d+)\/?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || digits === undefined) return unreadableHost(text);
  const port = Number(digits);
  if (port < 1 || port > PORT_MAX)
    return refused(`has port ${digits}`, `write a port of 1 to ${PORT_MAX}`);
  const ascii = bracketed === undefined ? domainToASCII(host) : isIPv6(host) ? host : '';
  if (ascii === '') return refused('has no valid host', 'write it like tcp://db.example.com:5432');
  return { ok: true, target: { type: 'tcp', host: ascii, port, shown: written } };
}

function unreadableHost(text: string): TargetReading {
  if (text.includes('@')) return refused('cannot hold credentials', 'write host:port alone');
  if (isIPv6(text))
    return refused('is an IPv6 address without a port', `write [${text}]:443 with the port`);
  if (/^[^:/]+$/.test(text)) return refused('has no port', `write ${text}:443 with the port`);
  return refused('is not host and port', 'write it like tcp://db.example.com:5432');
}

/** Drops `user:password@` from an address, whether or not the rest can be read. */
export function withoutCredentials(text: string): string {
  return text.replace(/^([A-Za-z][A-Za-z0-9+.-]*:\/\/|)[^/?#\s]*@/, '$1');
}

function refused(message: string, hint: string): TargetReading {
  return { ok: false, fault: { message, hint } };
}
