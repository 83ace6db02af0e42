// Told to whoever asks for what only the leader may do: it carries the leader's address, so that a
// client can follow there instead of guessing.

import { HoldfastError } from '@holdfast/kernel';
import type { Leader } from './leader-record.ts';

export class NotLeaderError extends HoldfastError {
  /** Absent while nobody leads, as far as we know. */
  readonly leader: Leader | undefined;

  constructor(role: string, why: string, leader: Leader | undefined) {
    const who =
      leader === undefined ? 'nobody is known to lead' : `${leader.id} leads, at ${leader.url}`;
    const cure =
      leader === undefined
        ? 'Ask again in some seconds: a leader is being elected.'
        : `Ask ${leader.url}.`;
    super('NOT_LEADER', `${why} The role is ${role}; ${who}.`, cure);
    this.leader = leader;
  }
}
