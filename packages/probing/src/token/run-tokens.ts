// The tokens of one run, found before the target is asked: the time for them counts for the check's
// timeout and is no phase of the target. What the target says of them goes back to the store.

import type { Fault } from '@holdfast/kernel';
import type { CompiledCheck, ProbeSpec, TokenSpec } from '@holdfast/resources/compiled-check';
import { untilAborted } from '../abort.ts';
import type { Observation } from '../prober.ts';
import { tokenFault } from './token-answer.ts';
import type { FoundToken, TokenStore } from './token-store.ts';

const UNAUTHORIZED = 401;
/** UNAUTHENTICATED of gRPC. */
const UNAUTHENTICATED = 16;
const PLACEHOLDER = /\$\{token:([^}"\\]+)\}/g;

/** Specs never change once made. */
const usedNames = new WeakMap<ProbeSpec, readonly string[]>();

export class RunTokens {
  readonly values = new Map<string, string>();
  readonly #store: TokenStore;
  readonly #found: { spec: TokenSpec; token: FoundToken }[] = [];

  constructor(store: TokenStore) {
    this.#store = store;
  }

  /** undefined = all that the check uses are in `values`. */
  async findAll(check: CompiledCheck, signal: AbortSignal): Promise<Fault | undefined> {
    for (const name of namesUsedBy(check.spec)) {
      const spec = check.tokens?.[name];
      // Filling its placeholder tells that there is none.
      if (spec === undefined) continue;
      const found = await untilAborted(this.#store.find(spec), signal);
      // The target was not asked yet: what took so long is not its fault.
      if (!found.ok)
        return found.fault.class === 'timeout' ? tooSlow(name, found.fault) : found.fault;
      this.#found.push({ spec, token: found.value });
      this.values.set(name, found.value.value);
    }
    return undefined;
  }

  /** Somebody was asked. */
  get asked(): boolean {
    return this.#found.some(({ token }) => !token.kept);
  }

  /** A token that was just asked for is not asked for again. */
  answered({ detail }: Observation): void {
    if (detail.status_code !== UNAUTHORIZED && detail.grpc_status_code !== UNAUTHENTICATED) return;
    for (const { spec, token } of this.#found) {
      if (token.kept) this.#store.reject(spec, token.value);
    }
  }
}

function namesUsedBy(spec: ProbeSpec): readonly string[] {
  const known = usedNames.get(spec);
  if (known !== undefined) return known;
  const names = [...JSON.stringify(spec).matchAll(PLACEHOLDER)].map(([, name = '']) => name);
  const used = [...new Set(names)];
  usedNames.set(spec, used);
  return used;
}

function tooSlow(name: string, { message }: Fault): Fault {
  return tokenFault(`of ${name}`, `had not answered yet: ${message.replace(/\.$/, '')}`);
}
