// An HTTP answer as judging sees it: text and JSON are made of the body at most once, and only when
// an expectation asks for them.

import type { CelInput } from '@bufbuild/cel';
import type { HttpSpec } from '@holdfast/resources/compiled-check';
import type { HttpObservation } from '../http/http-observation.ts';
import type { ResponseHead } from '../http/response-head.ts';
import { countedJson, type RuleBudget } from './rule-cost.ts';
import type { RuleVariables } from './rules.ts';

const DAY_MS = 86_400_000;

type Parsed = { ok: true; value: unknown } | { ok: false };

export class HttpAnswer {
  readonly #observation: HttpObservation;
  readonly #head: ResponseHead;
  readonly #spec: HttpSpec;
  #text: string | undefined;
  #json: Parsed | undefined;

  constructor(observation: HttpObservation, head: ResponseHead, spec: HttpSpec) {
    this.#observation = observation;
    this.#head = head;
    this.#spec = spec;
  }

  get text(): string {
    this.#text ??= this.#observation.body.text();
    return this.#text;
  }

  get json(): Parsed {
    this.#json ??= parse(this.text);
    return this.#json;
  }

  /** For CEL. `json` is null when the body is no JSON, `certificate_days` is absent without TLS. */
  variables(budget: RuleBudget): RuleVariables {
    const answer = this;
    const { totalMs, context, atMs } = this.#observation;
    const leaf = context.tls?.chain[0];
    return {
      status: BigInt(this.#head.status),
      total_ms: totalMs,
      target: context.urls?.[0] ?? this.#spec.url,
      certificate_days: leaf === undefined ? undefined : (leaf.validToMs - atMs) / DAY_MS,
      get headers(): CelInput {
        return headerMap(answer.#head);
      },
      get phases(): CelInput {
        return phaseMap(answer.#observation);
      },
      get body(): CelInput {
        return answer.text;
      },
      get json(): CelInput {
        return answer.json.ok ? countedJson(answer.json.value, budget) : null;
      },
    };
  }
}

/** V8's message is left out: it quotes the text around the fault, cut anywhere. */
function parse(text: string): Parsed {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}

function headerMap({ headers }: ResponseHead): Map<string, string> {
  return new Map(headers.names.map((name) => [name, headers.get(name) ?? '']));
}

/** Summed over the hops. */
function phaseMap({ phases }: HttpObservation): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { name, durationMs } of phases) sums.set(name, (sums.get(name) ?? 0) + durationMs);
  return sums;
}
