// The configuration in force, from the resources in coordination as a mirror shows them. Each resource
// has its last good form; the whole is compiled anew after changes, and as long as it has faults the
// last good whole stays. A server that starts among faults takes what is sound: it must never come up
// with nothing because one resource is broken.

import type { Entry } from '@holdfast/engines/coordination';
import type { Mirror, Snapshot } from '@holdfast/engines/mirror';
import type { Clock, Logger, Timer } from '@holdfast/kernel';
import {
  type Configuration,
  formatResourceProblem,
  type Loaded,
  loadResources,
  type Resource,
  resourceFaults,
} from '@holdfast/resources/load';
import type { PluginDescription } from '@holdfast/resources/plugin';
import { resourceIdentity, resourceName } from '@holdfast/resources/resource-name';
import { parsed } from './stored-resource.ts';

/** What is written in several transactions shortly after one another is taken up once. */
const SETTLE_MS = 20;
const SETTLE_MS_MAX = 50;
const PROBLEMS_SHOWN_MAX = 20;
/** Each round takes the broken resources out; what is broken only without them falls in the next. */
const ROUNDS_MAX = 20;
const SINGLE_ROUNDS_MAX = 10;

export interface ResourceSource {
  readonly current: Configuration;
  /** What is wrong with what stands in the store now, and since when. */
  readonly problem: { text: string; sinceMs: number } | undefined;
  /** Of the resources in force, for `AppliedRecord`. */
  readonly applied: AppliedResources;
  /** Of what stands in the store, in force or not: everybody is to come to this. */
  readonly stored: Pick<AppliedResources, 'revision' | 'digest'>;
  close(): void;
}

export interface AppliedResources {
  revision: bigint;
  digest: string;
  faults: { key: string; problem: string }[];
  /** When the newest of them was written, by the clock of who wrote it; absent: there are none. */
  writtenAtMs?: number;
}

export interface ResourceSourceOptions {
  mirror: Pick<Mirror<Resource>, 'current' | 'ready' | 'subscribe'>;
  plugins?: readonly PluginDescription[];
  clock: Clock;
  logger: Logger;
  /** A new configuration is in force; `source.applied` tells of which resources. Not called for the first one. */
  onChange(configuration: Configuration): void;
  /** What stands in the store became faulty, or (undefined) is well again. */
  onProblem(text: string | undefined): void;
}

/** For `openMirror` over `KEYS.resources`. Throws an Error that says what is wrong, in sentences. */
export function decodeResource(plugins: readonly PluginDescription[] = []) {
  return ({ key, value }: Pick<Entry, 'key' | 'value'>): Resource => {
    const resource = Object.freeze(parsed(key, value));
    const faults = resourceFaults(resource, plugins);
    if (faults.length > 0) throw new Error(faults.join('\n'));
    return resource;
  };
}

/** Once the mirror has read everything. Rejects as its `ready` does. */
export async function openResourceSource(options: ResourceSourceOptions): Promise<ResourceSource> {
  await options.mirror.ready;
  const source = new MirroredSource(options);
  source.start();
  return source;
}

class MirroredSource implements ResourceSource {
  readonly #options: ResourceSourceOptions;
  #current: Configuration;
  #inForce: Snapshot<Resource>;
  #writtenAtMs: number | undefined;
  #problem: ResourceSource['problem'];
  #timer: Timer | undefined;
  /** Of the first change that is not taken up yet. */
  #changedAtMs: number | undefined;
  #unsubscribe: () => void = () => {};

  constructor(options: ResourceSourceOptions) {
    this.#options = options;
    this.#inForce = this.#snapshot();
    const { configuration, text } = soundPart(resourcesOf(this.#inForce), options.plugins ?? []);
    this.#current = configuration;
    this.#writtenAtMs = newestOf(this.#inForce);
    if (text !== undefined) this.#reject(text);
    else this.#accept(this.#inForce);
  }

  get current(): Configuration {
    return this.#current;
  }

  get problem(): ResourceSource['problem'] {
    return this.#problem;
  }

  get applied(): AppliedResources {
    const { revision, digest } = this.#inForce;
    return {
      revision,
      digest,
      faults: this.#snapshot().faults.map(({ key, problem }) => ({ key, problem })),
      ...(this.#writtenAtMs === undefined ? {} : { writtenAtMs: this.#writtenAtMs }),
    };
  }

  get stored(): ResourceSource['stored'] {
    const { revision, digest } = this.#snapshot();
    return { revision, digest };
  }

  start(): void {
    this.#unsubscribe = this.#options.mirror.subscribe(() => this.#settle());
    // Something may have changed between the reading and now.
    if (this.#snapshot() !== this.#inForce) this.#settle();
  }

  close(): void {
    this.#unsubscribe();
    this.#timer?.cancel();
  }

  /** Waits for a moment without changes, but never longer than SETTLE_MS_MAX after the first. */
  #settle(): void {
    const { clock } = this.#options;
    const now = clock.nowMs();
    this.#changedAtMs ??= now;
    const left = this.#changedAtMs + SETTLE_MS_MAX - now;
    this.#timer?.cancel();
    this.#timer = clock.after(Math.max(0, Math.min(SETTLE_MS, left)), () => this.#takeUp());
  }

  #takeUp(): void {
    this.#changedAtMs = undefined;
    const snapshot = this.#snapshot();
    const resources = resourcesOf(snapshot);
    const loaded = loadResources({ stored: resources, plugins: this.#options.plugins ?? [] });
    if (!loaded.ok) this.#reject(problemText(loaded));
    else {
      this.#current = loaded.configuration;
      this.#inForce = snapshot;
      this.#writtenAtMs = newestOf(snapshot);
      this.#accept(snapshot);
      const { revision } = snapshot;
      const { checks } = this.#current;
      const facts = { revision: String(revision), checks: checks.length };
      this.#options.logger.info('resources in force', facts);
      this.#options.onChange(this.#current);
    }
  }

  #snapshot(): Snapshot<Resource> {
    const { current } = this.#options.mirror;
    if (current === undefined) throw new TypeError('a mirror that is ready has a snapshot');
    return current;
  }

  /** Single resources may still be at fault: then their last good forms are in force. */
  #accept({ faults }: Snapshot<Resource>): void {
    if (faults.length > 0) this.#reject(faultText(faults));
    else if (this.#problem !== undefined) {
      this.#problem = undefined;
      this.#options.onProblem(undefined);
    }
  }

  #reject(text: string): void {
    const { clock, logger, onProblem } = this.#options;
    if (this.#problem?.text === text) return;
    this.#problem = { text, sinceMs: this.#problem?.sinceMs ?? clock.wallMs() };
    logger.warn('resources have faults; the last good ones stay in force', { faults: text });
    onProblem(text);
  }
}

function resourcesOf(snapshot: Snapshot<Resource>): Resource[] {
  return [...snapshot].map(({ value }) => value);
}

function newestOf(snapshot: Snapshot<Resource>): number | undefined {
  let newest: number | undefined;
  for (const { value } of snapshot) {
    const { updatedAtMs } = value.metadata;
    if (updatedAtMs !== undefined && updatedAtMs > (newest ?? 0)) newest = updatedAtMs;
  }
  return newest;
}

/** What is left when everything that is at fault is taken out, and what was at fault. */
function soundPart(
  resources: readonly Resource[],
  plugins: readonly PluginDescription[],
): { configuration: Configuration; text?: string } {
  let left = [...resources];
  let text: string | undefined;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const loaded = loadResources({ stored: left, plugins });
    if (loaded.ok)
      return {
        configuration: loaded.configuration,
        ...(text === undefined ? {} : { text }),
      };
    text ??= problemText(loaded);
    const broken = new Set(loaded.problems.map(({ file }) => file));
    const namespaces = new Set(
      left.filter((one) => broken.has(resourceName(one))).map(namespaceOf),
    );
    // Limits on sums name one check at a time: in the end a namespace beyond them goes whole.
    const goes = (one: Resource) =>
      round < SINGLE_ROUNDS_MAX
        ? broken.has(resourceName(one))
        : broken.has(resourceName(one)) ||
          (one.kind === 'Check' && namespaces.has(namespaceOf(one)));
    left = left.filter((one) => !goes(one));
  }
  const empty = loadResources({ stored: [] });
  if (!empty.ok) throw new TypeError('no resources are a configuration');
  return { configuration: empty.configuration, ...(text === undefined ? {} : { text }) };
}

function namespaceOf(resource: Resource): string | undefined {
  return resourceIdentity(resource)?.namespace;
}

function problemText(loaded: Extract<Loaded, { ok: false }>): string {
  return shortened(loaded.problems.map(formatResourceProblem));
}

function faultText(faults: Snapshot<Resource>['faults']): string {
  return shortened(faults.map(({ problem }) => problem));
}

function shortened(problems: readonly string[]): string {
  const more = problems.length - PROBLEMS_SHOWN_MAX;
  const lines = problems.slice(0, PROBLEMS_SHOWN_MAX);
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}
