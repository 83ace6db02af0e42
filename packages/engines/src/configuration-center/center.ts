// The configuration center over one mirror of a namespace. Watchers of a name are found by the name,
// so that a change costs those who watch it and nobody else.

import { HoldfastError } from '@holdfast/kernel';
import type { Compare, Entry, Operation, Transaction } from '../coordination/coordination.ts';
import { KEYS } from '../coordination/keys.ts';
import { type Mirror, type MirrorStatus, type MirrorUpdate, openMirror } from '../mirror/mirror.ts';
import type {
  ConfigurationCenter,
  ConfigurationCenterOptions,
  WatchedValue,
  WatchOptions,
  WriteOptions,
} from './configuration-center.ts';
import { Watcher } from './watcher.ts';

const WATCHES_MAX = 10_000;
const NAME = /^[A-Za-z0-9._-]{1,253}$/;

/** Of whatever type. */
type AnyWatcher = Pick<Watcher<unknown>, 'take' | 'close'>;

export class Center implements ConfigurationCenter {
  readonly namespace: string;
  readonly #options: ConfigurationCenterOptions;
  readonly #prefix: string;
  readonly #mirror: Mirror<unknown>;
  readonly #watchers = new Map<string, Set<AnyWatcher>>();
  #watches = 0;

  constructor(options: ConfigurationCenterOptions) {
    checkName(options.namespace, 'namespace');
    this.#options = options;
    this.namespace = options.namespace;
    this.#prefix = KEYS.configurations(options.namespace);
    this.#mirror = openMirror({
      ...options,
      prefix: this.#prefix,
      decode: frozenValue,
      onChange: (update) => this.#onUpdate(update),
    });
  }

  get ready(): Promise<void> {
    return this.#mirror.ready;
  }

  get(name: string): { value: unknown; revision: bigint } | undefined {
    const item = this.#mirror.current?.get(this.#keyOf(name));
    return item && { value: item.value, revision: item.modRevision };
  }

  names(): string[] {
    return [...(this.#mirror.current ?? [])].map(({ key }) => key.slice(this.#prefix.length));
  }

  watch<T>(name: string, options: WatchOptions<T>): WatchedValue<T> {
    const key = this.#keyOf(name);
    if (this.#watches >= WATCHES_MAX) throw tooMany();
    const watcher = new Watcher<T>({
      ...options,
      name,
      logger: this.#options.logger,
      storeProblem: () => this.#problemOf(key),
      onClose: () => this.#forget(key, watcher),
    });
    const watchers = this.#watchers.get(key) ?? new Set<AnyWatcher>();
    this.#watchers.set(key, watchers.add(watcher));
    this.#watches += 1;
    watcher.take(this.#mirror.current?.get(key));
    return watcher;
  }

  async set(name: string, value: unknown, options: WriteOptions = {}): Promise<bigint> {
    const key = this.#keyOf(name);
    const text: string | undefined = JSON.stringify(value);
    if (text === undefined) throw noJson(name);
    return this.#write(name, { type: 'put', key, value: Buffer.from(text) }, options);
  }

  async remove(name: string, options: WriteOptions = {}): Promise<void> {
    await this.#write(name, { type: 'delete', key: this.#keyOf(name) }, options);
  }

  status(): MirrorStatus {
    return this.#mirror.status();
  }

  async close(): Promise<void> {
    await this.#mirror.close();
    const watchers = [...this.#watchers.values()].flatMap((all) => [...all]);
    await Promise.all(watchers.map((watcher) => watcher.close()));
  }

  async #write(name: string, operation: Operation, { revision }: WriteOptions): Promise<bigint> {
    const { key } = operation;
    const expected: Compare[] = revision === undefined ? [] : [{ key, modRevision: revision }];
    const write: Transaction = {
      if: expected,
      then: [operation],
      else: [{ type: 'get', key }],
    };
    const answer = await this.#options.coordination.txn(write);
    if (answer.done) return answer.revision;
    throw conflict(`${this.namespace}/${name}`, revision ?? 0n, answer.entries[0]);
  }

  #onUpdate({ changes }: MirrorUpdate<unknown>): void {
    for (const change of changes) {
      const item = change.type === 'put' ? change.item : undefined;
      const { key } = item ?? (change.type === 'delete' ? change.previous : change.item);
      for (const watcher of this.#watchers.get(key) ?? []) watcher.take(item);
    }
  }

  #problemOf(key: string): string | undefined {
    return this.#mirror.current?.faults.find((fault) => fault.key === key)?.problem;
  }

  #forget(key: string, watcher: AnyWatcher): void {
    const watchers = this.#watchers.get(key);
    if (!watchers?.delete(watcher)) return;
    this.#watches -= 1;
    if (watchers.size === 0) this.#watchers.delete(key);
  }

  #keyOf(name: string): string {
    checkName(name, 'name');
    return KEYS.configuration(this.namespace, name);
  }
}

function frozenValue({ value }: Entry): unknown {
  return JSON.parse(Buffer.from(value).toString(), (_, part: unknown) => Object.freeze(part));
}

function checkName(name: string, what: string): void {
  if (NAME.test(name)) return;
  throw new HoldfastError(
    'USAGE',
    `${JSON.stringify(name)} is no ${what} of a configuration.`,
    'Use 1 to 253 letters, digits, hyphens, underscores and dots.',
  );
}

function noJson(name: string): HoldfastError {
  return new HoldfastError(
    'USAGE',
    `The value for ${name} cannot be written as JSON.`,
    'Give it an object, array, text, number, boolean or null.',
  );
}

function conflict(name: string, expected: bigint, present: Entry | undefined): HoldfastError {
  const found = present === undefined ? 'it has no value' : `it is of ${present.modRevision}`;
  return new HoldfastError(
    'CONFLICT',
    `The configuration ${name} was expected at revision ${expected}, and ${found}.`,
    'Read the present value, and write again with its revision.',
  );
}

function tooMany(): HoldfastError {
  return new HoldfastError(
    'BUSY',
    `${WATCHES_MAX} values are watched already.`,
    'Close watches that nobody needs.',
  );
}
