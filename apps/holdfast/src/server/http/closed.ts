// A caller that went away: what is done for it may stop.

import type { FastifyReply } from 'fastify';

/** Aborted when the answer is done, or its connection is gone. */
export function closed(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  return gone.signal;
}
