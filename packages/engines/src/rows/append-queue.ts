// Results on their way to the store. What arrives while the writer works goes into its next
// transaction together; when it cannot keep up the oldest rows are shed and counted. Every append is
// answered exactly once: when its last row was written, was a duplicate, was shed, or failed.

import { BoundedQueue, HoldfastError } from '@holdfast/kernel';
import type { ProbeResult } from '@holdfast/resources/result';
import type { AppendReceipt } from '../results/results.ts';
import { BatchEncoder, type BodyWriter, type RowBatch } from './batch-encoder.ts';
import { TIME_MS_MAX } from './row-columns.ts';
import { storeFailed } from './store-failed.ts';

/** While one batch is written the next is made ready. */
const BATCHES_IN_FLIGHT_MAX = 2;

export interface AppendQueueOptions {
  /** Rows. */
  capacity: number;
  /** Rows in one transaction. */
  batchMax: number;
  writeBody: BodyWriter;
  /** Whether the writer takes batches now. */
  isReady: () => boolean;
  /** Resolves with the positions of duplicates when the rows are committed. */
  write: (batch: RowBatch) => Promise<readonly number[]>;
  wallMs: () => number;
}

interface Ticket extends AppendReceipt {
  left: number;
  resolve(receipt: AppendReceipt): void;
  reject(error: unknown): void;
}

interface Entry {
  result: ProbeResult;
  ticket: Ticket;
}

type Outcome = 'appended' | 'duplicates' | 'shed';

export class AppendQueue {
  readonly #options: AppendQueueOptions;
  readonly #queue: BoundedQueue<Entry>;
  readonly #encoder: BatchEncoder;
  readonly #batchMax: number;
  readonly #idle: (() => void)[] = [];
  #nextTemplateId = 1;
  #inFlight = 0;
  #isPlanned = false;
  #isClosed = false;
  #shed = 0;

  constructor(options: AppendQueueOptions) {
    this.#options = options;
    this.#queue = new BoundedQueue(options.capacity);
    this.#encoder = new BatchEncoder(options.writeBody);
    this.#batchMax = Math.min(options.batchMax, Math.ceil(options.capacity / 2));
  }

  /** Rows shed since the start. */
  get shed(): number {
    return this.#shed;
  }

  /** Throws USAGE for rows that cannot be kept, and then keeps none of the batch. */
  append(results: readonly ProbeResult[]): Promise<AppendReceipt> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) throw storeFailed('The store was closed', 'Append before closing.');
      for (const result of results) assertStorable(result);
      const ticket = { left: results.length, appended: 0, duplicates: 0, shed: 0, resolve, reject };
      if (results.length === 0) resolve(receiptOf(ticket));
      for (const result of results) {
        const oldest = this.#queue.push({ result, ticket });
        if (oldest !== undefined) this.#shedEntry(oldest);
      }
      this.#plan();
    });
  }

  /** The writer is there (again): what was sent before may be lost. */
  restart(nextTemplateId: number): void {
    this.#nextTemplateId = nextTemplateId;
    this.#encoder.reset(nextTemplateId);
    this.#plan();
  }

  /** Old templates will go with the rows: rely on none of them any more. */
  renew(): void {
    this.#encoder.reset(this.#nextTemplateId);
  }

  /** Resolves when nothing is queued or being written. Appends are refused from now on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#inFlight === 0 && this.#queue.size === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Gives up on what is queued; its appends fail. */
  abandon(): void {
    const error = storeFailed('The store was closed before the rows were written');
    for (let entry = this.#queue.shift(); entry !== undefined; entry = this.#queue.shift()) {
      this.#shed += 1;
      entry.ticket.reject(error);
    }
    this.#settleIdle();
  }

  /** Once per turn, so that appends of one turn share a transaction. */
  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    queueMicrotask(() => {
      this.#isPlanned = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#queue.size > 0 && this.#options.isReady()) {
      // A second batch only when it is full: a small one does better to wait and grow.
      const limit = this.#queue.size >= this.#batchMax ? BATCHES_IN_FLIGHT_MAX : 1;
      if (this.#inFlight >= limit) return;
      this.#send(groupedByCheck(this.#queue.take(this.#batchMax)));
    }
    this.#settleIdle();
  }

  #send(taken: readonly Entry[]): void {
    const results = taken.map((entry) => entry.result);
    const batch = this.#encoder.encode(results, this.#options.wallMs());
    const refused = new Set(batch.refused);
    for (const index of refused) taken[index]?.ticket.reject(unwritable(results[index]));
    const entries = refused.size === 0 ? taken : taken.filter((_, index) => !refused.has(index));
    this.#inFlight += 1;
    const done = () => {
      this.#inFlight -= 1;
      this.#pump();
    };
    this.#options.write(batch).then(
      (duplicates) => {
        settleAll(entries, duplicates);
        done();
      },
      (error: unknown) => {
        this.#encoder.reset(this.#nextTemplateId);
        for (const entry of entries) entry.ticket.reject(error);
        done();
      },
    );
  }

  #shedEntry(entry: Entry): void {
    this.#shed += 1;
    settle(entry.ticket, 'shed');
  }

  #settleIdle(): void {
    if (this.#inFlight > 0 || this.#queue.size > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

/** Each check's rows side by side, in their order: the encoder then meets each template once. */
function groupedByCheck(entries: readonly Entry[]): Entry[] {
  const groups: Entry[][] = [];
  const namespaces = new Map<string, Map<string, Entry[]>>();
  for (const entry of entries) {
    const { namespace, check } = entry.result.key;
    const checks = namespaces.get(namespace) ?? new Map<string, Entry[]>();
    if (checks.size === 0) namespaces.set(namespace, checks);
    const group = checks.get(check);
    if (group !== undefined) {
      group.push(entry);
      continue;
    }
    const made = [entry];
    checks.set(check, made);
    groups.push(made);
  }
  return groups.flat();
}

function settleAll(entries: readonly Entry[], duplicates: readonly number[]): void {
  const positions = new Set(duplicates);
  for (const [index, { ticket }] of entries.entries())
    settle(ticket, positions.has(index) ? 'duplicates' : 'appended');
}

function settle(ticket: Ticket, outcome: Outcome): void {
  ticket[outcome] += 1;
  ticket.left -= 1;
  if (ticket.left === 0) ticket.resolve(receiptOf(ticket));
}

function receiptOf({ appended, duplicates, shed }: AppendReceipt): AppendReceipt {
  return { appended, duplicates, shed };
}

function assertStorable({ key, totalMs }: ProbeResult): void {
  const isTime = Number.isSafeInteger(key.plannedAtMs) && key.plannedAtMs >= 0;
  const isAttempt = Number.isSafeInteger(key.attempt) && key.attempt >= 0 && key.attempt < 2 ** 31;
  // It separates names here and there, and PostgreSQL takes it in no text.
  const isNamed = ![key.namespace, key.check, key.location].some((name) => name.includes('\0'));
  const isNumber = isTime && isAttempt && Number.isFinite(totalMs);
  if (isNamed && isNumber && key.plannedAtMs <= TIME_MS_MAX) return;
  throw new HoldfastError(
    'USAGE',
    `A result of ${key.namespace}/${key.check} cannot be kept: ${JSON.stringify({ key, totalMs })}`,
    'Times are whole milliseconds since 1970, attempts count from 0, durations are finite, names hold no NUL.',
  );
}

function unwritable(result: ProbeResult | undefined): HoldfastError {
  return new HoldfastError(
    'USAGE',
    `A result of ${result?.key.namespace}/${result?.key.check} holds what JSON cannot write`,
    'Facts in `context` and `detail` are JSON: no cycles, no big integers.',
  );
}
