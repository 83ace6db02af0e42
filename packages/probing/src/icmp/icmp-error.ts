// What ICMP errors say, in words (RFC 792, RFC 1812 section 5.2.7.1, RFC 4443 section 3).

import { type Fault, fault } from '@holdfast/kernel';
import { textOfAddress } from './echo-address.ts';
import type { EchoNews } from './echo-news.ts';

type IcmpError = Pick<EchoNews, 'version' | 'type' | 'code'>;

const UNREACHABLE_V4 = [
  'no route to the network',
  'the host does not answer on its network',
  'the host does not speak ICMP',
  'port unreachable',
  'the packet is too big and must not be cut',
  'source route failed',
  'the network is not known',
  'the host is not known',
  'the source host is isolated',
  'the network is prohibited',
  'the host is prohibited',
  'the network is unreachable for this type of service',
  'the host is unreachable for this type of service',
  'a filter prohibits it',
];

const UNREACHABLE_V6 = [
  'no route to the destination',
  'a filter prohibits it',
  'beyond the scope of the source address',
  'the address is unreachable',
  'port unreachable',
  'the source address fails a policy',
  'the route rejects it',
];

const TTL_SPENT = 'the time to live ran out on the way';

/** `no route to the network` */
export function meaningOfIcmpError({ version, type, code }: IcmpError): string {
  const meaning =
    version === 4
      ? { 3: UNREACHABLE_V4[code], 11: TTL_SPENT }[type]
      : { 1: UNREACHABLE_V6[code], 2: 'the packet is too big', 3: TTL_SPENT }[type];
  return meaning ?? 'the packet could not be delivered';
}

/** The fault of a probe whose packets were turned back. */
export function icmpErrorFault(error: EchoNews, ip: string): Fault {
  const { type, code } = error;
  const message = `${textOfAddress(error.from)} says of ${ip}: ${meaningOfIcmpError(error)} (ICMP type ${type}, code ${code}).`;
  return fault('CONNECT_UNREACHABLE', message, 'wait');
}
