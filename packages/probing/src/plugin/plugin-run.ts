// A plugin as a prober like all others. It is fenced in: sockets that it opens end with its run, what
// it gives back is checked, and what it throws, even from a callback long after, is told as its own
// fault. It shares the loop with every other probe, so one that blocks shows as loop lag.

import { AsyncLocalStorage } from 'node:async_hooks';
import { type Clock, fault, type Logger, sleep } from '@holdfast/kernel';
import type { PluginSpec } from '@holdfast/resources/compiled-check';
import type { ResultContext } from '@holdfast/resources/result';
import { abortFault } from '../abort.ts';
import type { ByteStream } from '../byte-stream.ts';
import { reach } from '../dial/reach.ts';
import { judgeFault } from '../judge/fault-judge.ts';
import { plainVariables, prepareRuleJudge, rulesFault } from '../judge/rule-judge.ts';
import { PhaseLog } from '../phase-log.ts';
import type {
  Connection,
  Judgement,
  Observation,
  Outcome,
  ProbeContext,
  Prober,
} from '../prober.ts';
import { secure } from '../tls/handshake.ts';
import { judgementOf, observationOf } from './plugin-answer.ts';
import type { PluginContext, PluginDestination, PluginProber } from './plugin-prober.ts';

const CURE = 'Mend the plugin, or tell who made it.';

/** What a plugin's own judge gets to see: what it gave back, as it was. */
interface PluginObservation extends Observation {
  given?: Observation;
}

export interface FenceParts {
  clock: Clock;
  logger: Logger;
}

/** Of a plugin's own close; then it goes on without us. */
const CLOSE_MS_MAX = 1_000;

/** Follows a run through everything that it starts. */
const runs = new AsyncLocalStorage<PluginRun>();

/**
 * For an error that nobody caught, asked where it is handled: ends the plugin's run with it. undefined =
 * it came from no plugin; else the plugin's kind.
 */
export function blamePlugin(error: unknown): string | undefined {
  const run = runs.getStore();
  run?.fail(error);
  return run?.kind;
}

export function fencedPlugin(plugin: PluginProber, parts: FenceParts): Prober<PluginSpec> {
  return {
    kind: 'plugin',
    prepare: prepareRuleJudge,
    measure: (spec, context) => new PluginRun(plugin, spec, context).run(),
    judge: (observation, spec) => judged(plugin, observation, spec),
    close: () => closed(plugin, parts),
  };
}

class PluginRun {
  readonly #plugin: PluginProber;
  readonly #spec: PluginSpec;
  readonly #context: ProbeContext;
  readonly #log: PhaseLog;
  readonly #facts: ResultContext = {};
  readonly #open: ByteStream[] = [];
  #isOver = false;
  #fail: (reason: unknown) => void = () => {};

  constructor(plugin: PluginProber, spec: PluginSpec, context: ProbeContext) {
    this.#plugin = plugin;
    this.#spec = spec;
    this.#context = context;
    this.#log = new PhaseLog(context);
  }

  async run(): Promise<PluginObservation> {
    const { signal } = this.#context;
    signal.addEventListener('abort', this);
    try {
      const given = await this.#settled();
      const observation = observationOf(given);
      return signal.aborted ? this.#cutShort(observation) : { ...observation, given };
    } catch (error) {
      return this.#failed(error);
    } finally {
      this.#log.end();
      signal.removeEventListener('abort', this);
      this.#closeAll();
    }
  }

  get kind(): string {
    return this.#plugin.kind;
  }

  fail(reason: unknown): void {
    this.#fail(reason);
  }

  /** Aborted. */
  handleEvent(): void {
    this.#closeAll();
  }

  #settled(): Promise<Observation> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      const measure = async () => this.#plugin.measure(this.#spec, this.#pluginContext());
      runs.run(this, measure).then(resolve, reject);
    });
  }

  /** What it says of a connection that we closed ourselves is no news of the target. */
  #cutShort(observation: Observation): PluginObservation {
    const phase = observation.fault?.phase ?? this.#log.running;
    return { ...observation, fault: abortFault(this.#context.signal, phase) };
  }

  #failed(error: unknown): PluginObservation {
    const { signal } = this.#context;
    const phase = this.#log.running;
    this.#log.end();
    return {
      totalMs: this.#log.totalMs(),
      phases: this.#log.phases,
      context: this.#facts,
      detail: {},
      fault: signal.aborted ? abortFault(signal, phase) : failureOf(this.#plugin, error),
    };
  }

  #pluginContext(): PluginContext {
    return {
      ...this.#context,
      log: this.#log,
      facts: this.#facts,
      fault,
      dial: async (addresses, port, signal) => {
        const dialled = await this.#context.dial(addresses, port, signal);
        if (dialled.ok) this.#own(dialled.value);
        return dialled;
      },
      connect: (to) => this.#connect(to),
    };
  }

  async #connect({
    host,
    port,
    ip,
    secure: wish,
  }: PluginDestination): Promise<Outcome<ByteStream>> {
    const to = { host, port, ip: ip ?? this.#spec.ip };
    const reached = await reach(to, this.#context, this.#log, this.#facts);
    if (!reached.ok) return reached;
    this.#own(reached.value);
    if (wish === undefined || wish === false) return reached;
    return this.#secure(reached.value, host, wish);
  }

  async #secure(
    connection: Connection,
    host: string,
    wish: NonNullable<PluginDestination['secure']>,
  ): Promise<Outcome<ByteStream>> {
    const spec = typeof wish === 'object' ? wish : (this.#spec.tls ?? { verify: true });
    const handshake = { serverName: spec.serverName ?? host, spec, alpn: [] };
    const secured = await secure(connection, handshake, this.#log, this.#context);
    if (secured.facts !== undefined) this.#facts.tls = secured.facts;
    if (secured.outcome.ok) this.#own(secured.outcome.value);
    return secured.outcome;
  }

  #own(stream: ByteStream): void {
    this.#open.push(stream);
    if (this.#isOver) stream.socket.destroy();
  }

  #closeAll(): void {
    this.#isOver = true;
    // The secured one before the bare one that carries it.
    for (const { socket } of this.#open.toReversed()) socket.destroy();
  }
}

/** Its own judge first, then the rules, which it does not know of. */
function judged(plugin: PluginProber, observation: PluginObservation, spec: PluginSpec): Judgement {
  const judgement = ownJudgement(plugin, observation, spec);
  if (judgement.status !== 'up') return judgement;
  const unmet = rulesFault(spec.expect.that, (budget) =>
    plainVariables(observation, spec.target, budget),
  );
  return unmet === undefined ? judgement : { ...judgement, ...judgeFault(unmet) };
}

function ownJudgement(
  plugin: PluginProber,
  { given, fault: found }: PluginObservation,
  spec: PluginSpec,
): Judgement {
  if (plugin.judge === undefined || given === undefined) return judgeFault(found);
  try {
    return judgementOf(plugin.judge(given, spec));
  } catch (error) {
    return judgeFault(failureOf(plugin, error));
  }
}

function failureOf({ kind }: PluginProber, error: unknown) {
  const reason = error instanceof Error ? error.message : String(error);
  return fault('PROBER_FAILED', `The plugin ${kind} failed: ${reason}.`, undefined, CURE);
}

async function closed(plugin: PluginProber, { clock, logger }: FenceParts): Promise<void> {
  if (plugin.close === undefined) return;
  const ended = new AbortController();
  const closing = (async () => plugin.close?.())()
    .catch((error: unknown) => {
      logger.warn('A plugin did not close.', { plugin: plugin.kind, error });
    })
    .finally(() => ended.abort());
  await Promise.race([closing, sleep(clock, CLOSE_MS_MAX, ended.signal).catch(() => {})]);
}
