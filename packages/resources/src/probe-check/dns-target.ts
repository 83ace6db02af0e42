// What a dns check looks up: `dns://server[:port]/name`, or the name alone. Addresses are taken for
// names here; a rule across fields says where only their PTR records can be meant.

import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { readHostAndPort, type TargetFault } from './host-and-port.ts';

/** RFC 1035 §4.2. */
export const DNS_PORT = 53;
const NAME_EXAMPLE = 'dns://1.1.1.1/example.com';
const LABEL = /^[A-Za-z0-9_*/-]{1,63}$/;
const NAME_LENGTH_MAX = 253;

export type DnsTargetReading =
  | { ok: true; name: string; server?: { host: string; port: number | undefined } }
  | { ok: false; fault: TargetFault };

/** Of what follows `dns://`. An empty server, as in `dns:///name`, is the system's. */
export function readDnsAddress(rest: string): DnsTargetReading {
  const [, serverText = '', nameText = ''] = /^([^/]*)(?:\/(.*))?$/s.exec(rest) ?? [];
  if (serverText === '') return readDnsName(nameText);
  const server = readHostAndPort(serverText, NAME_EXAMPLE, DNS_PORT);
  if (!server.ok) return server;
  if (nameText === '')
    return refused('has no name to look up', `write dns://${serverText}/example.com`);
  const name = readDnsName(nameText);
  return name.ok
    ? { ...name, server: { host: server.host, port: server.portWritten ? server.port : undefined } }
    : name;
}

export function readDnsName(text: string): DnsTargetReading {
  if (isIP(text) > 0 && !text.includes('%')) return { ok: true, name: text };
  if (text === '.') return { ok: true, name: text };
  // Only names beyond ASCII are converted: the conversion takes some plain ones for numbers.
  const ascii = /^\p{ASCII}*$/u.test(text) ? text : domainToASCII(text);
  const name = ascii.replace(/\.$/, '');
  const labels = name.split('.');
  if (name.length <= NAME_LENGTH_MAX && labels.every((label) => LABEL.test(label)))
    return { ok: true, name };
  return refused('holds no name that can be looked up', `write it like ${NAME_EXAMPLE}`);
}

function refused(message: string, hint: string): DnsTargetReading {
  return { ok: false, fault: { message, hint } };
}
