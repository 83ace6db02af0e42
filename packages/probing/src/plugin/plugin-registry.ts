// The plugins in use: loaded by their address, looked up by kind. One that cannot be loaded stands in
// nobody's way; what is wrong with it is told and kept for the results of its checks. A set that is
// given again loads nothing again.

import { type HoldfastError, isHoldfastError } from '@holdfast/kernel';
import type { PluginSpec } from '@holdfast/resources/compiled-check';
import type { Prober } from '../prober.ts';
import { pluginAddress } from './plugin-address.ts';
import type { PluginProber } from './plugin-prober.ts';
import { type FenceParts, fencedPlugin } from './plugin-run.ts';
import { pluginInvalid, pluginOf } from './plugin-shape.ts';

const PLUGINS_MAX = 50;
const PROBLEMS_TOLD_MAX = 5;
/** For a module that waits for something at its start. */
const LOAD_MS_MAX = 10_000;

interface Loaded {
  plugin: PluginProber;
  fenced: Prober<PluginSpec>;
}

export class PluginRegistry {
  readonly #parts: FenceParts;
  /** By address. */
  readonly #loaded = new Map<string, Loaded>();
  readonly #problems = new Map<string, HoldfastError>();
  /** The set in use, as it was given. */
  #given: ReadonlySet<string> = new Set();
  #loading: Promise<void> | undefined;

  constructor(parts: FenceParts) {
    this.#parts = parts;
  }

  /**
   * From now on exactly these are in use: absolute paths or file URLs. undefined = nothing has to be
   * waited for. Never rejects: what cannot be loaded is told to the logger and by `problem`.
   */
  use(specifiers: readonly string[]): Promise<void> | undefined {
    if (this.#loading === undefined && this.#isInUse(specifiers)) return undefined;
    const before = this.#loading ?? Promise.resolve();
    const loading = before
      .then(() => this.#use(specifiers))
      .finally(() => {
        if (this.#loading === loading) this.#loading = undefined;
      });
    this.#loading = loading;
    return loading;
  }

  prober(kind: string): Prober<PluginSpec> | undefined {
    for (const { plugin, fenced } of this.#loaded.values()) {
      if (plugin.kind === kind) return fenced;
    }
    return undefined;
  }

  /** Why plugins are missing; undefined = all were loaded. */
  problem(): string | undefined {
    if (this.#problems.size === 0) return undefined;
    const told = [...this.#problems.values()].slice(0, PROBLEMS_TOLD_MAX);
    return told.map(({ message }) => message).join(' ');
  }

  #isInUse(specifiers: readonly string[]): boolean {
    // What could not be loaded may have been mended since.
    if (this.#problems.size > 0) return false;
    const given = new Set(specifiers);
    return given.size === this.#given.size && [...given].every((one) => this.#given.has(one));
  }

  async #use(specifiers: readonly string[]): Promise<void> {
    this.#given = new Set(specifiers);
    this.#problems.clear();
    const addresses = new Set(specifiers.flatMap((specifier) => this.#address(specifier)));
    for (const address of [...this.#loaded.keys()]) {
      if (!addresses.has(address)) await this.#drop(address);
    }
    for (const address of addresses) {
      if (this.#loaded.has(address)) continue;
      const problem = await this.#load(address);
      if (problem !== undefined) this.#tell(address, problem);
    }
  }

  #address(specifier: string): string[] {
    try {
      return [pluginAddress(specifier)];
    } catch (error) {
      if (!isHoldfastError(error)) throw error;
      this.#tell(specifier, error);
      return [];
    }
  }

  #tell(plugin: string, problem: HoldfastError): void {
    this.#problems.set(plugin, problem);
    const fields = { plugin, problem: problem.message, cure: problem.cure };
    this.#parts.logger.error('A plugin could not be loaded.', fields);
  }

  async #load(address: string): Promise<HoldfastError | undefined> {
    if (this.#loaded.size >= PLUGINS_MAX) {
      return pluginInvalid(address, `is one more than the ${PLUGINS_MAX} that there may be`);
    }
    try {
      const plugin = pluginOf(await this.#module(address), address);
      if (this.prober(plugin.kind) !== undefined) {
        return pluginInvalid(address, `has the kind "${plugin.kind}", which another plugin has`);
      }
      this.#loaded.set(address, { plugin, fenced: fencedPlugin(plugin, this.#parts) });
      return undefined;
    } catch (error) {
      if (isHoldfastError(error)) return error;
      const reason = error instanceof Error ? error.message : String(error);
      return pluginInvalid(address, `cannot be loaded: ${reason}`, error);
    }
  }

  #module(address: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const limit = this.#parts.clock.after(LOAD_MS_MAX, () =>
        reject(new Error(`it was not ready within ${LOAD_MS_MAX / 1000} s`)),
      );
      import(address).then(resolve, reject).finally(() => limit.cancel());
    });
  }

  async #drop(address: string): Promise<void> {
    const dropped = this.#loaded.get(address);
    this.#loaded.delete(address);
    await dropped?.fenced.close?.();
  }
}
