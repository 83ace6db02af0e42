// The thread in which SQLite, which is synchronous, may block. It answers one request after another
// and knows nothing of time or queues; whatever throws goes back as an error and harms no other call.

import type { DatabaseSync } from 'node:sqlite';
import { parentPort } from 'node:worker_threads';
import { buffersOf, type RowPage } from '../rows/row-columns.ts';
import { storeFailed } from '../rows/store-failed.ts';
import type { CallName, Input, Output, Request, Role } from './calls.ts';
import { readCodes } from './code-reader.ts';
import { lockStore, MEMORY, openForReading, openForWriting } from './database.ts';
import { JournalReader, JournalWriter } from './journal-tables.ts';
import { retainSlice } from './retention.ts';
import { RollupReader } from './rollup-reader.ts';
import { toErrorRecord } from './store-error.ts';
import { StoreReader } from './store-reader.ts';
import { StoreWriter } from './store-writer.ts';

type Handlers = { [K in CallName]?: (input: Input<K>) => Output<K> };

let handlers: Handlers = { open };
const closers: (() => void)[] = [];

parentPort?.on('message', ({ id, call, input }: Request) => {
  try {
    const handler = handlers[call] as ((input: unknown) => unknown) | undefined;
    if (handler === undefined) throw storeFailed(`The store is not open for '${call}'`);
    const output = handler(input);
    parentPort?.postMessage({ id, output }, transferOf(output));
  } catch (error) {
    parentPort?.postMessage({ id, error: toErrorRecord(error) });
  }
  if (call === 'close') parentPort?.close();
});

function open({ path, role }: { path: string; role: Role }): { nextTemplateId: number } {
  try {
    return role === 'reader' ? openReader(path) : openWriter(path, role);
  } catch (error) {
    close();
    throw error;
  }
}

function openReader(path: string) {
  const database = keep(openForReading(path));
  handlers = { ...readingHandlers(database, path), close };
  return { nextTemplateId: 0 };
}

function openWriter(path: string, role: Role) {
  if (path !== MEMORY) keep(lockStore(path));
  const database = keep(openForWriting(path, (moved) => parentPort?.postMessage({ moved })));
  const writer = new StoreWriter(database);
  const reading = role === 'both' ? readingHandlers(database, path) : {};
  handlers = { ...reading, ...writingHandlers(database, writer), close };
  return { nextTemplateId: writer.nextTemplateId() };
}

function writingHandlers(database: DatabaseSync, writer: StoreWriter): Handlers {
  const journal = new JournalWriter(database);
  return {
    append: (batch) => writer.append(batch),
    retain: ({ bounds, cursor }) => retainSlice(database, writer, bounds, cursor),
    saveAlert: (record) => journal.saveAlert(record),
    saveDelivery: (delivery) => journal.saveDelivery(delivery),
  };
}

function readingHandlers(database: DatabaseSync, path: string): Handlers {
  const reader = new StoreReader(database, path);
  const rollups = new RollupReader(database);
  const journal = new JournalReader(database);
  return {
    checks: () => reader.checks(),
    series: (request) => reader.series(request),
    latest: (request) => reader.latest(request),
    rollups: ({ check, ...request }) => {
      if (check === undefined) return rollups.read(request);
      const checkId = reader.checkId(check);
      if (checkId === undefined) return { checks: [], numbers: new Float64Array(0) };
      return rollups.read({ ...request, checkId });
    },
    codes: ({ check, ...range }) => {
      const checkId = reader.checkId(check);
      return checkId === undefined ? [] : readCodes(database, { ...range, checkId });
    },
    distribution: ({ check, boundsMs, ...request }) => {
      const checkId = reader.checkId(check);
      return checkId === undefined ? [] : rollups.distribution({ ...request, checkId }, boundsMs);
    },
    usage: () => reader.usage(),
    openAlerts: () => journal.openAlerts(),
    recentAlerts: (limit) => journal.recentAlerts(limit),
    pendingDeliveries: () => journal.pendingDeliveries(),
    deliveries: (alertId) => journal.deliveries(alertId),
  };
}

/** The last opened is the first closed: the lock outlives what it protects. */
function keep(database: DatabaseSync): DatabaseSync {
  closers.unshift(() => database.close());
  return database;
}

function close(): void {
  for (const each of closers.splice(0)) each();
  handlers = {};
}

/** The buffers of a page change hands; everything else is copied. */
function transferOf(output: unknown): ArrayBuffer[] {
  if (typeof output !== 'object' || output === null) return [];
  if ('columns' in output) return buffersOf((output as RowPage).columns);
  if ('numbers' in output && output.numbers instanceof Float64Array)
    return [output.numbers.buffer as ArrayBuffer];
  return [];
}
