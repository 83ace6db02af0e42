// The process of one client of a coordination store: `coordination-process.ts KIND PLACE CONNECTIONS`. It
// is put under loads, or puts and waits until a watch of its own tells of it.

import { quantileOf } from '@holdfast/kernel';
import { answerParent } from '../child-process.ts';
import {
  benchKey,
  type ClientKind,
  type CoordinationClient,
  openClient,
} from './coordination-client.ts';
import { type LoadAnswer, type LoadQuestion, underLoad } from './load.ts';

export interface WatchQuestion {
  /** One after the other. */
  puts: number;
}

export interface WatchAnswer {
  /** From the put's being sent until the watch told of it. */
  p50Ms: number;
  p99Ms: number;
}

export type ClientQuestion = LoadQuestion | WatchQuestion;

const [kind = '', place = '', connections = '1'] = process.argv.slice(2);
const client = openClient(kind as ClientKind, place, Number(connections));

async function answer(question: ClientQuestion): Promise<LoadAnswer | WatchAnswer> {
  const opened = await client;
  if ('puts' in question) return watchLag(opened, question);
  return underLoad(question, opened.operation(question.operation));
}

async function watchLag({ coordination }: CoordinationClient, { puts }: WatchQuestion) {
  if (coordination === undefined) throw new Error('A bare client cannot watch.');
  const { revision } = await coordination.list(benchKey(0));
  const ended = new AbortController();
  const lagsMs: number[] = [];
  let told = Promise.withResolvers<void>();
  const watching = (async () => {
    for await (const { changes } of coordination.watch(benchKey(0), revision + 1n, ended.signal))
      if (changes.length > 0) told.resolve();
  })();
  for (let put = 0; put < puts; put += 1) {
    told = Promise.withResolvers();
    const sentMs = performance.now();
    const value = Buffer.from(String(put));
    await coordination.txn({ if: [], then: [{ type: 'put', key: benchKey(0), value }] });
    await told.promise;
    lagsMs.push(performance.now() - sentMs);
  }
  ended.abort();
  await watching;
  const sorted = lagsMs.sort((a, b) => a - b);
  return { p50Ms: quantileOf(sorted, 0.5) ?? 0, p99Ms: quantileOf(sorted, 0.99) ?? 0 };
}

answerParent<ClientQuestion, LoadAnswer | WatchAnswer>(answer, async () => (await client).close());
