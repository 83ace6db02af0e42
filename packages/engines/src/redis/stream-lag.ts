// How far a group is behind. Redis counts entries added and entries read, but does not take trimmed
// ones out before 7.4; where the group stands at the end, or before the oldest entry, the truth is
// known without counting, and what differs there was missed.

import type { StreamLag } from '../events/events.ts';
import { compareIds } from './entry.ts';
import { answers } from './redis-error.ts';
import { namedOf } from './redis-group.ts';
import type { RedisLink } from './redis-link.ts';

/** What this process knows of a group's losses. */
export interface Missed {
  /** Since this process began. */
  count: number;
  /** Entries that Redis still counts as unread, and that are gone. */
  uncounted: number;
}

const NONE: StreamLag = { waiting: 0, unacknowledged: 0, missed: 0 };

export async function streamLag(
  link: RedisLink,
  key: string,
  group: string,
  missed: Missed,
  wallMs: number,
): Promise<StreamLag> {
  const state = await stateOf(link, key, group);
  if (state === undefined) return { ...NONE, missed: missed.count };
  const waiting = waitingOf(state, missed);
  const { client } = link;
  const [unacknowledged, oldestPending] = (await client.xpending(key, group)) as [
    number,
    string | null,
  ];
  const next =
    waiting === 0 ? [] : await client.xrange(key, `(${state.delivered}`, '+', 'COUNT', 1);
  const lag: StreamLag = { waiting, unacknowledged, missed: missed.count };
  const ids = [oldestPending, next[0]?.[0]].filter((id) => id != null).sort(compareIds);
  if (ids[0] !== undefined) lag.oldestMs = Math.max(0, wallMs - Number(ids[0].split('-')[0]));
  return lag;
}

interface GroupState {
  length: number;
  first: string;
  last: string;
  added: number;
  /** Id of the last entry that the group was given. */
  delivered: string;
  /** Absent where Redis cannot tell. */
  read: number | undefined;
}

async function stateOf(
  link: RedisLink,
  key: string,
  group: string,
): Promise<GroupState | undefined> {
  const [stream, groups] = await Promise.all([
    link.client.xinfo('STREAM', key),
    link.client.xinfo('GROUPS', key),
  ]).catch((error) => {
    if (answers(error, 'ERR no such key')) return [];
    throw error;
  });
  const named = ((groups ?? []) as unknown[][])
    .map(namedOf)
    .find((each) => each.get('name') === group);
  if (stream === undefined || named === undefined) return undefined;
  const about = namedOf(stream as unknown[]);
  const first = about.get('first-entry') as [string] | null;
  const read = named.get('entries-read');
  return {
    length: Number(about.get('length')),
    first: first?.[0] ?? '0-0',
    last: String(about.get('last-generated-id')),
    added: Number(about.get('entries-added')),
    delivered: String(named.get('last-delivered-id')),
    read: typeof read === 'number' ? read : undefined,
  };
}

function waitingOf(state: GroupState, missed: Missed): number {
  const { length, first, last, added, delivered, read } = state;
  const atEnd = length === 0 || compareIds(delivered, last) >= 0;
  const beforeFirst = compareIds(delivered, first) < 0;
  const unread = read === undefined ? length : added - read;
  if (!atEnd && !beforeFirst) return Math.min(length, Math.max(0, unread - missed.uncounted));
  const waiting = atEnd ? 0 : length;
  const uncounted = read === undefined ? 0 : Math.max(0, unread - waiting);
  missed.count += Math.max(0, uncounted - missed.uncounted);
  missed.uncounted = uncounted;
  return waiting;
}
