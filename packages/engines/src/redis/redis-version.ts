// What the operator should know of a Redis before events stand on it: too old a version, data that is
// gone after a restart, streams that Redis may throw away by itself.

import { HoldfastError, type Logger } from '@holdfast/kernel';
import type { RedisLink } from './redis-link.ts';

/** XAUTOCLAIM came with 6.2, counting of entries with 7.0. */
const LEAST = [6, 2] as const;
const WITH_COUNTS = [7, 0] as const;

/** Throws EVENTS_FAILED for a version that has not what we need. */
export async function checkServer(link: RedisLink, logger: Logger): Promise<void> {
  const facts = new Map<string, string>();
  for (const line of (await link.client.info()).split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) facts.set(line.slice(0, colon), line.slice(colon + 1));
  }
  const version = facts.get('redis_version') ?? '';
  if (isBefore(version, LEAST))
    throw new HoldfastError(
      'EVENTS_FAILED',
      `Redis ${version} has no XAUTOCLAIM`,
      'Use Redis 7.0 or newer, or Valkey.',
    );
  if (isBefore(version, WITH_COUNTS))
    logger.warn('Redis before 7.0 does not count entries: lag is a bound, missed is 0', {
      version,
    });
  if (facts.get('aof_enabled') === '0')
    logger.warn('Redis keeps no append-only file: a restart may lose events', { version });
  const policy = facts.get('maxmemory_policy') ?? 'noeviction';
  if (facts.get('maxmemory') !== '0' && policy.startsWith('allkeys'))
    logger.warn('Redis may evict whole streams: set maxmemory-policy noeviction', { policy });
}

function isBefore(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ours = 0, oursMinor = 0] = version.split('.').map(Number);
  return ours < major || (ours === major && oursMinor < minor);
}
