// The floor of events on Redis Streams: the same entries by hand, a thousand commands to a pipeline, with
// nothing between them and the client. It claims nothing, gives up nothing and comes back from nothing.

import { Redis } from 'ioredis';

const TOGETHER = 1_000;
const GROUP = 'g';

export async function bareStreams(url: string) {
  const client = new Redis(url, { protocol: 2 });
  return {
    run: async (stream: string, events: number): Promise<void> => {
      await client.xgroup('CREATE', stream, GROUP, '0', 'MKSTREAM');
      for (let sent = 0; sent < events; sent += TOGETHER) {
        const count = Math.min(TOGETHER, events - sent);
        await add(client, stream, sent, count);
        await readAndAcknowledge(client, stream, count);
      }
    },
    close: async () => {
      await client.quit();
    },
  };
}

async function add(client: Redis, stream: string, from: number, count: number): Promise<void> {
  const pipeline = client.pipeline();
  const at = String(Date.now());
  for (let number = from; number < from + count; number += 1) {
    const data = JSON.stringify({ number, vehicle: 'v-12' });
    const fields = ['id', `event-${number}`, 'type', 'Moved', 'key', 'v-12', 'at', at];
    pipeline.xadd(stream, '*', ...fields, 'data', data);
  }
  await pipeline.exec();
}

async function readAndAcknowledge(client: Redis, stream: string, count: number): Promise<void> {
  const words = ['GROUP', GROUP, 'c', 'COUNT', String(count), 'STREAMS', stream, '>'];
  const answer = (await client.call('XREADGROUP', ...words)) as [string, [string, string[]][]][];
  const entries = answer[0]?.[1] ?? [];
  if (entries.length !== count)
    throw new Error(`Redis gave ${entries.length} of ${count} entries.`);
  for (const [, fields] of entries) JSON.parse(fields.at(-1) ?? '');
  await client.xack(stream, GROUP, ...entries.map(([id]) => id));
}
