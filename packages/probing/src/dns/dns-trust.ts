// The validation of a measured answer: asks for the keys and delegations that vouch for it, of the server
// that gave it or, after a trace, of the zones' own servers, and never longer than the run may take.
// Nothing of it is in the phases: they are the answer's.

import type { DnsSpec } from '@holdfast/resources/compiled-check';
import { PhaseLog } from '../phase-log.ts';
import type { ProbeContext } from '../prober.ts';
import type { ResolutionChain } from './chain-step.ts';
import { typeNumber } from './dns-words.ts';
import type { FetchSet } from './dnssec/chain-of-trust.ts';
import { type SignedAnswer, type Validation, validateAnswers } from './dnssec/validate-answer.ts';
import { isWithin } from './dnssec/wire-name.ts';
import { anchorOf, ROOT_ANCHORS } from './dnssec/zone-keys.ts';
import { queryName } from './query-name.ts';
import { type Inquiry, type InquiryTools, ServerInquiry } from './server-inquiry.ts';

/** Of what is fetched; the answer has its own tries. */
const TRIES = 2;

export function validateAnswer(
  spec: DnsSpec,
  bytes: Buffer,
  inquiry: Inquiry,
  tools: InquiryTools,
  context: ProbeContext,
): Promise<Validation> {
  const { name } = inquiry.question;
  const answers = [answerOf(spec, name, bytes, false)];
  return validated(spec, answers, () => inquiry, tools, context);
}

/** `inquiry` says how the servers of the zones are asked; whom, the trace knows. */
export function validateChain(
  spec: DnsSpec,
  chain: ResolutionChain,
  inquiry: Inquiry,
  tools: InquiryTools,
  context: ProbeContext,
): Promise<Validation> {
  const last = chain.messages.length - 1;
  const answers = chain.messages.map(({ name, bytes }, at) =>
    answerOf(spec, name, bytes, at < last),
  );
  return validated(spec, answers, (zone) => ofZone(inquiry, chain, zone), tools, context);
}

function answerOf(
  { recordType }: DnsSpec,
  name: string,
  bytes: Buffer,
  continued: boolean,
): SignedAnswer {
  const absolute = name.endsWith('.') ? name : `${name}.`;
  return { name: absolute, type: typeNumber(recordType), bytes, continued };
}

function validated(
  spec: DnsSpec,
  answers: readonly SignedAnswer[],
  inquiryFor: (zone: string) => Inquiry | undefined,
  tools: InquiryTools,
  context: ProbeContext,
): Promise<Validation> {
  const anchors = (spec.trustAnchors ?? ROOT_ANCHORS).flatMap((text) => anchorOf(text) ?? []);
  const fetch: FetchSet = async (owner, recordType, zone) => {
    const inquiry = inquiryFor(zone);
    const name = queryName(owner, 'A');
    if (inquiry === undefined || name === undefined || context.signal.aborted) return undefined;
    const { recursion } = inquiry.question;
    const question = { name, recordType, recursion, dnssec: true };
    const log = new PhaseLog({ clock: context.clock });
    const asking = new ServerInquiry(
      { ...inquiry, question, tries: TRIES },
      tools,
      context,
      log,
      {},
    );
    return (await asking.run()).bytes;
  };
  return validateAnswers(answers, anchors, fetch, context.clock.wallMs());
}

/** A server that was of use for the zone, or for the nearest above: one may serve both. */
function ofZone(inquiry: Inquiry, { steps }: ResolutionChain, zone: string): Inquiry | undefined {
  const useful = steps
    .filter((step) => step.fault === undefined && step.address !== undefined)
    .filter((step) => isWithin(zone, step.zone.toLowerCase()))
    .sort((left, right) => right.zone.length - left.zone.length);
  const [, bracketed, plain, port] =
    /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(useful[0]?.address ?? '') ?? [];
  const host = bracketed ?? plain;
  return host === undefined ? undefined : { ...inquiry, server: { host, port: Number(port) } };
}
