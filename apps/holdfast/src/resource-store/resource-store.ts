// Resources in coordination: applied, told and deleted by many at once. What would result is proven as
// a whole before anything is written, and every writer passes the same key, so that no two of them can
// each be right alone and wrong together. It must never write what it would not load again.

import type { Coordination } from '@holdfast/engines/coordination';
import { KEYS } from '@holdfast/engines/keys';
import {
  type Chance,
  type Clock,
  fullJitter,
  HoldfastError,
  Semaphore,
  sleep,
} from '@holdfast/kernel';
import { maskSecrets } from '@holdfast/resources/load';
import type { PluginDescription } from '@holdfast/resources/plugin';
import type {
  ApplyAnswer,
  ResourceOutcome,
  ShownResource,
  StoredResources,
} from '@holdfast/resources/resource-api';
import { resourceIdentity } from '@holdfast/resources/resource-name';
import {
  type ApplyPlan,
  mayReach,
  type NamedResource,
  planApply,
  planDelete,
} from './apply-plan.ts';
import { proveResult } from './result-proof.ts';
import { type StoredResource, storedResource } from './stored-resource.ts';
import { batchesOf, transactionOf } from './write-batch.ts';

/** Somebody else may write between our reading and our writing so often. */
const ATTEMPTS_MAX = 10;
const BACKOFF_MS = 20;
const WAITING_MAX = 100;
const RESOURCES_MAX = 20_000;
const WARNINGS_MAX = 100;

export interface ResourceStoreOptions {
  coordination: Coordination;
  clock: Clock;
  chance: Chance;
  /** Of the kinds that agents bring besides the built-in ones. */
  plugins?: () => readonly PluginDescription[];
}

/** Who asks. */
export interface ResourceCaller {
  /** Kept as `updatedBy`. */
  by: string;
  /** May see and touch checks of this namespace alone. */
  within?: string;
}

export interface ApplyOptions extends ResourceCaller {
  owner?: string;
  /** Deletes what `owner` applied before and does not now; wants an owner. */
  prune?: boolean;
  /** Says what would be done. */
  dryRun?: boolean;
}

export interface ResourceQuery {
  kind?: string;
  namespace?: string;
  name?: string;
  within?: string;
}

interface Reading {
  revision: bigint;
  /** Of the key that writers pass. */
  writer: bigint;
  stored: ReadonlyMap<string, StoredResource>;
}

export class ResourceStore {
  readonly #options: ResourceStoreOptions;
  /** Of this process; others are met at the key. */
  readonly #turn = new Semaphore(1, WAITING_MAX);
  /** What has not changed since is not read anew, and what is the same object is not proven field by field again. */
  #last: { cluster: string; stored: Reading['stored'] } | undefined;

  constructor(options: ResourceStoreOptions) {
    this.#options = options;
  }

  /**
   * In full form, `metadata` of the store read over. Rejects with CONFIG_INVALID and every fault of what
   * would result, CONFLICT where others keep writing or own it, FORBIDDEN, USAGE, COORDINATION_FAILED
   * (then some of it may be written; applying again is harmless).
   */
  async apply(resources: readonly unknown[], options: ApplyOptions): Promise<ApplyAnswer> {
    const { owner, prune, within, by } = options;
    if (resources.length > RESOURCES_MAX) throw tooMany(resources.length);
    if (prune === true && owner === undefined) throw pruneWithoutOwner();
    refuseMasked(resources);
    const intent = {
      by,
      ...(owner === undefined ? {} : { owner }),
      ...(prune === undefined ? {} : { prune }),
      ...(within === undefined ? {} : { within }),
    };
    const planFor = (stored: Reading['stored']) =>
      planApply(stored, resources, { ...intent, nowMs: this.#options.clock.wallMs() });
    return this.#write(planFor, resources, options.dryRun === true);
  }

  /** All of them or none; rejects like `apply`, and with NOT_FOUND. */
  delete(
    resources: readonly NamedResource[],
    { within, dryRun }: ResourceCaller & { dryRun?: boolean },
  ): Promise<ApplyAnswer> {
    return this.#write((stored) => planDelete(stored, resources, within), [], dryRun === true);
  }

  /** Masked; a namespace asks for what belongs to it. */
  async get({ kind, namespace, name, within }: ResourceQuery): Promise<StoredResources> {
    const { revision, stored } = await this.#read();
    const resources = [...stored.values()].flatMap(({ resource }) => {
      const identity = resourceIdentity(resource);
      if (resource === undefined || identity === undefined) return [];
      if (within !== undefined && !mayReach(identity, within)) return [];
      if (kind !== undefined && identity.kind !== kind) return [];
      if (name !== undefined && identity.name !== name) return [];
      const elsewhere = namespace !== undefined && !mayReach(identity, namespace);
      return elsewhere && (kind === undefined || identity.kind === 'Check') ? [] : [resource];
    });
    const shown = resources.map((one) => maskSecrets(one) as ShownResource);
    return { revision: String(revision), resources: shown };
  }

  async #write(
    planFor: (stored: Reading['stored']) => ApplyPlan,
    written: readonly unknown[],
    dryRun: boolean,
  ): Promise<ApplyAnswer> {
    const { clock, chance, plugins } = this.#options;
    const release = await this.#turn.acquire();
    try {
      const done: Progress = { transactions: 0, outcomes: new Map() };
      for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
        if (attempt > 0) await sleep(clock, fullJitter(chance, BACKOFF_MS * 2 ** attempt));
        const reading = await this.#read();
        const plan = planFor(reading.stored);
        const before = [...reading.stored.values()].flatMap(({ resource }) => resource ?? []);
        const warnings = proveResult(before, plan, written, plugins?.() ?? []);
        const revision = dryRun ? reading.revision : await this.#commit(plan, reading, done);
        if (revision !== undefined) return answerOf(plan, done, { revision, dryRun, warnings });
      }
      throw new HoldfastError(
        'CONFLICT',
        `others changed resources ${ATTEMPTS_MAX} times while these were to be written${partly(done)}`,
        'Apply them again.',
      );
    } finally {
      release();
    }
  }

  /** Undefined when somebody else wrote meanwhile: what was proven may not hold any more. */
  async #commit(plan: ApplyPlan, reading: Reading, done: Progress): Promise<bigint | undefined> {
    let { writer, revision } = reading;
    for (const batch of batchesOf(plan.writes)) {
      const answer = await this.#options.coordination.txn(transactionOf(batch, writer));
      if (!answer.done) return undefined;
      ({ revision } = answer);
      writer = revision;
      done.transactions += 1;
      for (const { key } of batch) {
        const outcome = plan.outcomes.get(key);
        if (outcome !== undefined) done.outcomes.set(key, outcome);
      }
    }
    return revision;
  }

  async #read(): Promise<Reading> {
    const { coordination } = this.#options;
    // First: whoever writes between the two has changed it when we come to write.
    const writer = await coordination.get(KEYS.resourcesWriter);
    const { entries, revision, cluster } = await coordination.list(KEYS.resources);
    const last = this.#last?.cluster === cluster ? this.#last.stored : new Map<string, never>();
    const stored = new Map(
      entries.map((entry) => {
        const known = last.get(entry.key);
        const same = known?.modRevision === entry.modRevision;
        return [entry.key, same ? known : storedResource(entry)] as const;
      }),
    );
    this.#last = { cluster, stored };
    return { revision, writer: writer?.modRevision ?? 0n, stored };
  }
}

interface Progress {
  transactions: number;
  /** What earlier attempts have written; to the last one it is there already. */
  outcomes: Map<string, ResourceOutcome>;
}

function answerOf(
  plan: ApplyPlan,
  done: Progress,
  { revision, dryRun, warnings }: { revision: bigint; dryRun: boolean; warnings: string[] },
): ApplyAnswer {
  const outcomes = new Map([...plan.outcomes, ...done.outcomes]);
  return {
    revision: String(revision),
    dryRun,
    transactions: done.transactions,
    resources: [...outcomes].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one),
    warnings: warnings.slice(0, WARNINGS_MAX),
  };
}

function partly({ outcomes }: Progress): string {
  return outcomes.size === 0 ? '' : `; ${outcomes.size} of them are written`;
}

function tooMany(count: number): HoldfastError {
  const what = `${count} resources are applied at once, and ${RESOURCES_MAX} is the most`;
  return new HoldfastError('USAGE', what, 'Apply them in parts.');
}

function pruneWithoutOwner(): HoldfastError {
  const what = 'prune deletes what an owner applied before, and no owner is named';
  return new HoldfastError('USAGE', what, 'Name the owner, with --owner NAME.');
}

/** What `get` shows instead of a secret, applied again, would be taken for the secret. */
function refuseMasked(resources: readonly unknown[]): void {
  const masked = resources.find((one) => (JSON.stringify(one) ?? '').includes('<secret>'));
  if (masked === undefined) return;
  const identity = resourceIdentity(masked);
  throw new HoldfastError(
    'CONFIG_INVALID',
    `${identity === undefined ? 'a resource' : `${identity.kind} ${identity.name}`} holds <secret>, which stands for a value that is not shown`,
    `Write the value itself, or a placeholder such as \${env:NAME}.`,
  );
}
