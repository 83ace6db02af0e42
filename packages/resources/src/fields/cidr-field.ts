// Blocks of IP addresses: `10.0.0.0/8`, `fd00::/8`.

import { isIP } from 'node:net';
import { demand } from './demand.ts';
import { provenText } from './proven-text.ts';

const WANTED = demand('must be a block of addresses', 'write it like 10.0.0.0/8 or fd00::/8');

export const cidrField = provenText(WANTED, cidrFault);

function cidrFault(text: string): string | undefined {
  const [ip = '', bits, ...rest] = text.split('/');
  const version = isIP(ip);
  if (version === 0 || rest.length > 0 || ip.includes('%')) return WANTED;
  const widest = version === 4 ? 32 : 128;
  if (bits === undefined)
    return demand('must be a block of addresses', `write ${ip}/${widest} for this one`);
  if (/^\d{1,3}$/.test(bits) && Number(bits) <= widest) return undefined;
  return demand(
    `must end in / and a number of 0 to ${widest}`,
    `write it like ${ip}/${version === 4 ? 24 : 64}`,
  );
}
