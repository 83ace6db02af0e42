// The result that the URL names: from the list when it is there, else asked for.

import type { CheckSummary, ResultList } from '@holdfast/resources/api';
import type { ProbeResult } from '@holdfast/resources/result';
import { checkApiPath } from '../api/client.ts';
import { useAnswer } from '../api/use-answer.ts';
import { isNamed, parseResultName } from './result-name.ts';

export interface NamedResult {
  named: boolean;
  result: ProbeResult | undefined;
  /** Asked for and not kept any more. */
  gone: boolean;
}

/** More places at one moment than any check has. */
const PLACES_MAX = 100;

/** `text` as the URL has it (result-name.ts); anything else names nothing. */
export function useResult(
  check: Pick<CheckSummary, 'namespace' | 'name'>,
  text: string,
  results: readonly ProbeResult[] | undefined,
): NamedResult {
  const name = parseResultName(text);
  const here = results?.find(({ key }) => isNamed(name, key));
  const ask = name !== undefined && results !== undefined && here === undefined;
  const range = `from=${name?.plannedAtMs}&to=${(name?.plannedAtMs ?? 0) + 1}&limit=${PLACES_MAX}`;
  const path = ask ? checkApiPath(check.namespace, check.name, `/results?${range}`) : undefined;
  const asked = useAnswer<ResultList>(path, `${check.namespace}/${check.name} ${text}`);
  const result = here ?? asked.data?.results.find(({ key }) => isNamed(name, key));
  return {
    named: name !== undefined,
    result,
    gone: ask && asked.data !== undefined && result === undefined,
  };
}
