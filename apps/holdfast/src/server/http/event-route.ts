// Live events as server-sent events. Written in small bursts, never faster than the page reads: a
// reader that falls behind is let go and comes back by itself.

import { type Clock, HoldfastError, newTraceId, systemChance } from '@holdfast/kernel';
import type { LiveEvent } from '@holdfast/resources/api';
import type { FastifyInstance } from 'fastify';
import type { NumberedEvent } from '../event-hub.ts';
import { type Caller, mayReach } from './caller.ts';
import type { HttpDependencies } from './dependencies.ts';

const BURST_MS = 50;
/** Proxies close idle streams, commonly after 60 s. */
const HEARTBEAT_MS = 15_000;
const UNREAD_BYTES_MAX = 1024 * 1024;
const PAGES_MAX = 500;
const RETRY_MS = 1_000;

export function eventRoute(server: FastifyInstance, { hub, clock }: HttpDependencies): void {
  // Ids of another server's life must not be taken for ours.
  const life = newTraceId(systemChance).slice(0, 8);
  const schema = { summary: 'Live events (server-sent)', produces: ['text/event-stream'] };
  server.get('/api/v1/events', { schema }, (request, reply) => {
    if (hub.listeners >= PAGES_MAX) {
      const what = `${PAGES_MAX} pages are open already`;
      throw new HoldfastError('BUSY', what, 'Close some of them and try again.');
    }
    reply.hijack();
    const { raw } = reply;
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) raw.setHeader(name, value);
    raw.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    raw.write(`retry: ${RETRY_MS}\n\n`);
    const stream = burstWriter(clock, life, {
      write: (text) => {
        raw.write(text);
        if (raw.writableLength > UNREAD_BYTES_MAX) raw.destroy();
      },
    });
    const { caller } = request;
    const listener = ({ id, event }: NumberedEvent) => {
      const told = eventFor(caller, event);
      if (told !== undefined) stream.push({ id, event: told });
    };
    const stop = hub.listen(listener, lastSeen(request.headers['last-event-id'], life));
    raw.on('close', () => {
      stop();
      stream.close();
    });
  });
}

/** What of it a caller may hear: nothing of other namespaces. */
function eventFor(caller: Caller, event: LiveEvent): LiveEvent | undefined {
  if (caller.namespace === undefined) return event;
  switch (event.type) {
    case 'result':
      return mayReach(caller, event.namespace) ? event : undefined;
    case 'alert':
      return mayReach(caller, event.alert.check.namespace) ? event : undefined;
    case 'agents':
    case 'config':
      return undefined;
    default:
      return event;
  }
}

/** Absent for a new page; an id that cannot be ours for one that knew another server. */
function lastSeen(header: string | string[] | undefined, life: string): number | undefined {
  if (typeof header !== 'string' || header === '') return undefined;
  const [lifeGiven, id] = header.split('.');
  return lifeGiven === life && /^\d{1,15}$/.test(id ?? '') ? Number(id) : Number.MAX_SAFE_INTEGER;
}

function burstWriter(clock: Clock, life: string, sink: { write(text: string): void }) {
  let waiting = '';
  let burst: { cancel(): void } | undefined;
  const flush = () => {
    burst = undefined;
    const text = waiting;
    waiting = '';
    sink.write(text);
  };
  const beat = () => {
    sink.write(': still here\n\n');
    heartbeat = clock.after(HEARTBEAT_MS, beat);
  };
  let heartbeat = clock.after(HEARTBEAT_MS, beat);
  return {
    push: ({ id, event }: NumberedEvent) => {
      waiting += `id: ${life}.${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
      burst ??= clock.after(BURST_MS, flush);
    },
    close: () => {
      burst?.cancel();
      heartbeat.cancel();
    },
  };
}
