// Asks a token endpoint by our own HTTP prober, so that names, egress policy, TLS and limits are those
// of every probe. It has a deadline of its own: several runs may wait for one answer, each until its
// own time is over.

import { fault } from '@holdfast/kernel';
import type { TokenSpec } from '@holdfast/resources/compiled-check';
import { shownUrl } from '../http/http-plan.ts';
import { httpProber } from '../http/http-prober.ts';
import type { Outcome, ProbeContext } from '../prober.ts';
import { maskPlaceholders, RunSecrets, type SecretSources } from '../secrets.ts';
import { readTokenAnswer, type Token, tokenFault } from './token-answer.ts';
import { tokenRequest } from './token-request.ts';

const ASK_MS_MAX = 10_000;

/** What an asking takes from the runner that it belongs to. */
export type AskingParts = Omit<ProbeContext, 'signal' | 'secrets'> & {
  secretSources: SecretSources;
};

export async function askForToken(
  parts: AskingParts,
  spec: TokenSpec,
  signal: AbortSignal,
): Promise<Outcome<Token>> {
  const secrets = new RunSecrets(parts.secretSources);
  const deadline = new AbortController();
  const timer = parts.clock.after(ASK_MS_MAX, () => {
    deadline.abort(fault('TIMEOUT', `The deadline of ${ASK_MS_MAX} ms passed.`));
  });
  try {
    const context = { ...parts, secrets, signal: AbortSignal.any([signal, deadline.signal]) };
    const answer = await ask(context, spec);
    return answer.ok ? answer : hidden(answer.fault, secrets);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return hidden(tokenFault(endpointOf(spec), `could not be asked: ${reason}`), secrets);
  } finally {
    timer.cancel();
  }
}

async function ask(context: ProbeContext, spec: TokenSpec): Promise<Outcome<Token>> {
  const request = await tokenRequest(spec, context.secrets);
  if (!request.ok) return request;
  const endpoint = endpointOf(spec);
  const { head, body, fault: failure } = await httpProber.measure(request.value, context);
  if (failure !== undefined || head === undefined) {
    const why = failure?.message ?? 'no answer came.';
    const what = `could not be asked: ${why.replace(/\.$/, '')}`;
    return { ok: false, fault: tokenFault(endpoint, what) };
  }
  return readTokenAnswer(endpoint, head.status, body.text());
}

function endpointOf(spec: TokenSpec): string {
  return shownUrl(maskPlaceholders(spec.url));
}

function hidden(found: ReturnType<typeof fault>, secrets: RunSecrets): Outcome<Token> {
  return { ok: false, fault: { ...found, message: secrets.redact(found.message) } };
}
