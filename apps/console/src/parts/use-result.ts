// The result of one moment that the URL names: from the list when it is there, else asked for.

import type { CheckSummary, ResultList } from '@holdfast/resources/api';
import type { ProbeResult } from '@holdfast/resources/result';
import { checkApiPath } from '../api/client.ts';
import { useAnswer } from '../api/use-answer.ts';

export interface NamedResult {
  named: boolean;
  result: ProbeResult | undefined;
  /** Asked for and not kept any more. */
  gone: boolean;
}

/** `moment`: ms since 1970 as the URL has it; anything else names nothing. */
export function useResult(
  check: Pick<CheckSummary, 'namespace' | 'name'>,
  moment: string,
  results: readonly ProbeResult[] | undefined,
): NamedResult {
  const atMs = /^\d{1,15}$/.test(moment) ? Number(moment) : undefined;
  const here = results?.find((result) => result.key.plannedAtMs === atMs);
  const ask = atMs !== undefined && results !== undefined && here === undefined;
  const path = ask
    ? checkApiPath(check.namespace, check.name, `/results?from=${atMs}&to=${atMs + 1}&limit=1`)
    : undefined;
  const asked = useAnswer<ResultList>(path, `${check.namespace}/${check.name} ${moment}`);
  const result = here ?? asked.data?.results[0];
  return {
    named: atMs !== undefined,
    result,
    gone: ask && asked.data !== undefined && result === undefined,
  };
}
