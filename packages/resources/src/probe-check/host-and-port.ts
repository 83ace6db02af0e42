// Hosts and ports as targets and servers name them: a name, an IPv4 address, or an IPv6 address in
// brackets where a port may follow. Hosts come back as they are dialled: ASCII, without brackets.

import { isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';

export const PORT_MAX = 65_535;

export interface TargetFault {
  message: string;
  hint: string;
}

export type HostReading =
  | { ok: true; host: string; port: number; portWritten: boolean }
  | { ok: false; fault: TargetFault };

/** Without a default the port must be written. `example` is what to write instead. */
export function readHostAndPort(text: string, example: string, defaultPort?: number): HostReading {
  const bareIpv6 = defaultPort !== undefined && isIPv6(text);
  const [, bracketed, plain, digits] = bareIpv6
    ? ['', text]
    : (/^(?:\[([^\]]*)\]|([^:[\]/?#@]*))(?::(\d+))?\/?$/.exec(text) ?? []);
  const host = bracketed ?? plain;
  const port = digits === undefined ? defaultPort : Number(digits);
  if (host === undefined || port === undefined) return unreadable(text, example);
  if (port < 1 || port > PORT_MAX)
    return refused(`has port ${digits}`, `write a port of 1 to ${PORT_MAX}`);
  const ascii = bracketed === undefined ? domainToASCII(host) : isIPv6(host) ? host : '';
  if (ascii === '') return refused('has no valid host', `write it like ${example}`);
  return { ok: true, host: ascii, port, portWritten: digits !== undefined };
}

/** A host alone; IPv6 addresses with or without brackets. */
export function readHost(text: string, example: string): HostReading {
  // A port stands in for the one that this kind has not.
  const reading = readHostAndPort(text, example, 1);
  if (!reading.ok)
    return text.includes('@') ? reading : refused('is no host', `write it like ${example}`);
  return reading.portWritten
    ? refused('has a port, but this kind has none', `write it like ${example}`)
    : reading;
}

function unreadable(text: string, example: string): HostReading {
  if (text.includes('@')) return refused('cannot hold credentials', 'write the host without them');
  if (isIPv6(text))
    return refused('is an IPv6 address without a port', `write [${text}]:443 with the port`);
  if (/^[^:/]+$/.test(text)) return refused('has no port', `write ${text}:443 with the port`);
  return refused('is not host and port', `write it like ${example}`);
}

function refused(message: string, hint: string): HostReading {
  return { ok: false, fault: { message, hint } };
}
