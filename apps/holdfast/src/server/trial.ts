// A check that somebody writes in a page, measured once before it is kept anywhere. Whoever may call
// the API may try, so a trial must give nothing that the configuration does not: it goes where the
// egress policy lets it, reads no file, and uses a secret only towards the service that gets it anyway.

import type { AgentLink } from '@holdfast/probing/agent-link';
import { describePlugin } from '@holdfast/probing/plugin';
import type { TextProblem, Trial } from '@holdfast/resources/api';
import { type Configuration, compileTerseCheck, type ReadFile } from '@holdfast/resources/load';
import { toldResult } from '../failure-answer.ts';
import { textProblem } from './text-problem.ts';
import { strangeSecrets } from './trial-secrets.ts';
import type { AroundText } from './validation.ts';

/** Somebody waits for the answer. */
const TIMEOUT_MS_MAX = 30_000;
/** A trial is one measurement; these ask for several. */
const SEVERAL = ['targets', 'targetsFile', 'retries'] as const;

/** Rejects with a HoldfastError BUSY or AGENT_FAILED. `traceId`: of the answer. */
export async function tryCheck(
  written: Record<string, unknown>,
  inForce: Pick<Configuration, 'checks' | 'faultTable'> & Omit<AroundText, 'preset'>,
  agent: Pick<AgentLink, 'try'>,
  traceId: string,
): Promise<Trial> {
  const several = SEVERAL.filter((field) => field in written);
  if (several.length > 0) return { problems: several.map(notOne) };
  const { plugins, folder, surroundings } = inForce;
  const compiled = compileTerseCheck({ name: 'trial', ...written }, noFile, {
    plugins,
    loadPlugin: describePlugin,
    // Tokens are known by name only, and a trial would ask for one.
    around: { pools: surroundings?.pools ?? [] },
    ...(folder === undefined ? {} : { folder }),
  });
  if (!compiled.ok) return { problems: compiled.problems.map(textProblem) };
  const problems = strangeSecrets(compiled.check, inForce.checks).map(notYours);
  if (problems.length > 0) return { problems };
  const timeoutMs = Math.min(compiled.check.timeoutMs, TIMEOUT_MS_MAX);
  const result = await agent.try({ ...compiled.check, timeoutMs });
  return { result: toldResult(result, inForce.faultTable, traceId), problems: [] };
}

/** For texts that come over the API: a path in them must not open the files of the server. */
export const noFile: ReadFile = () => {
  throw Object.assign(new Error('not read'), { code: 'files are not read for the API' });
};

function notOne(field: string): TextProblem {
  return wholeProblem(
    field,
    'a trial is one measurement',
    'leave it out and name one target; `holdfast validate` knows the rest',
  );
}

function notYours(placeholder: string): TextProblem {
  return wholeProblem(
    '',
    `${placeholder} is not what a check in force sends to this service`,
    'write a plain value for the trial, or add the check to the file',
  );
}

function wholeProblem(path: string, message: string, hint: string): TextProblem {
  return { line: 1, column: 1, path, message, hint, severity: 'error' };
}
