// Asks for a name as a resolver does: from the root down, one delegation after the other, and writes
// down who was asked, how long it took and where it led. Several servers of a zone are tried until
// one is of use. Steps, servers and waits are bounded; every address, glue too, is asked of the
// egress policy; the machine's resolver is only used for name servers that come without glue.

import { isIP } from 'node:net';
import { type Chance, type Fault, fault, systemChance } from '@holdfast/kernel';
import type { DnsRecordType, IpPreference } from '@holdfast/resources/compiled-check';
import type { ResultContext } from '@holdfast/resources/result';
import { abortFault } from '../abort.ts';
import { PhaseLog } from '../phase-log.ts';
import type { ProbeContext } from '../prober.ts';
import {
  type ChainMessage,
  type ChainStep,
  chainStep,
  type ResolutionChain,
} from './chain-step.ts';
import type { DnsAnswer, DnsRecord } from './dns-answer.ts';
import { loadPacketCodec } from './packet-codec.ts';
import { queryName } from './query-name.ts';
import {
  type NameServer,
  type ResolutionStep,
  resolutionStep,
  sameName,
  type Zone,
} from './resolution-step.ts';
import { type InquiryReport, type InquiryTools, ServerInquiry } from './server-inquiry.ts';

export interface ChainQuestion {
  name: string;
  recordType: DnsRecordType;
  /** Where to begin, such as the thirteen servers of the root. */
  roots: readonly NameServer[];
}

export interface ChainOptions {
  chance?: Chance;
  ip?: IpPreference;
  /** Of every server; delegations do not name any. */
  port?: number;
  transport?: 'udp' | 'tcp';
  /** Of each sending over UDP; default 2. */
  tries?: number;
  /** Asks for signatures too. */
  dnssec?: boolean;
  /** Each server asked is a hop of it. */
  log?: PhaseLog;
  /** Of the server asked last. */
  facts?: ResultContext;
  /** For each server, with its second sending and TCP. */
  serverTimeoutMs?: number;
}

/** More than any sound name needs: delegations and aliases together. */
const DELEGATIONS_MAX = 16;
const SERVERS_PER_ZONE_MAX = 3;
const SERVER_TIMEOUT_MS = 2000;
const FIRST_WAIT_MS = 700;
const DNS_PORT = 53;

/** Never rejects for what servers do. */
export async function traceResolution(
  question: ChainQuestion,
  context: ProbeContext,
  options: ChainOptions = {},
): Promise<ResolutionChain> {
  const name = queryName(question.name, question.recordType);
  if (name === undefined) {
    const message = `"${question.name}" cannot be a name in the DNS.`;
    return { steps: [], records: [], messages: [], fault: fault('PROBER_INVALID_CHECK', message) };
  }
  const { chance = systemChance } = options;
  const tools = { codec: await loadPacketCodec(), chance, firstWaitMs: FIRST_WAIT_MS };
  return new ChainRun(question, tools, context, options).run(name === '.' ? name : `${name}.`);
}

type Useful = { answer: DnsAnswer; step: ResolutionStep; bytes: Buffer };

class ChainRun {
  readonly #question: ChainQuestion;
  readonly #tools: InquiryTools;
  readonly #context: ProbeContext;
  readonly #options: ChainOptions;
  readonly #steps: ChainStep[] = [];
  /** On the way to the name whose records were wanted. */
  readonly #aliases: DnsRecord[] = [];
  readonly #messages: ChainMessage[] = [];
  readonly #log: PhaseLog;

  constructor(
    question: ChainQuestion,
    tools: InquiryTools,
    context: ProbeContext,
    options: ChainOptions,
  ) {
    this.#question = question;
    this.#tools = tools;
    this.#context = context;
    this.#options = options;
    this.#log = options.log ?? new PhaseLog({ clock: context.clock });
  }

  async run(firstName: string): Promise<ResolutionChain> {
    const root: Zone = { name: '.', servers: this.#question.roots };
    const names = [firstName];
    let [name, zone] = [firstName, root];
    for (let delegation = 0; delegation < DELEGATIONS_MAX; delegation += 1) {
      const found = await this.#askZone(zone, name);
      if (!found.ok) return this.#failed(found.fault);
      const { answer, step, bytes } = found.value;
      if (step.kind !== 'referral') this.#messages.push({ name, bytes });
      if (step.kind === 'referral') {
        zone = step.zone;
      } else if (step.kind === 'alias') {
        const problem = this.#aliasProblem(step.to, names);
        if (problem !== undefined) return this.#failed(fault('NAME_DELEGATION_BROKEN', problem));
        names.push(step.to);
        this.#aliases.push(...answer.answer);
        [name, zone] = [step.to, root];
      } else {
        const records = answer.answer.map(({ line }) => line);
        const whole = { ...answer, answer: [...this.#aliases, ...answer.answer] };
        const { rcode } = answer;
        const messages = this.#messages;
        return { steps: this.#steps, rcode, records, answer: whole, messages };
      }
    }
    const message = `There was no answer after ${DELEGATIONS_MAX} delegations and aliases.`;
    return this.#failed(fault('PROTOCOL_LIMIT_EXCEEDED', message));
  }

  /** Asks its servers in their order until one is of use. */
  async #askZone(
    zone: Zone,
    name: string,
  ): Promise<{ ok: true; value: Useful } | { ok: false; fault: Fault }> {
    let failure = fault('NAME_DELEGATION_BROKEN', `The zone ${zone.name} names no server.`);
    for (const server of zone.servers.slice(0, SERVERS_PER_ZONE_MAX)) {
      const { answer, bytes } = await this.#askServer(zone, server, name);
      if (answer !== undefined && bytes !== undefined) {
        const step = this.#stepOf(answer, zone, name);
        if (step !== undefined) return { ok: true, value: { answer, step, bytes } };
      }
      failure = this.#steps.at(-1)?.fault ?? failure;
      const { signal } = this.#context;
      if (signal.aborted) return { ok: false, fault: abortFault(signal) };
    }
    return { ok: false, fault: failure };
  }

  async #askServer(zone: Zone, server: NameServer, name: string): Promise<InquiryReport> {
    const deadline = new AbortController();
    const { serverTimeoutMs = SERVER_TIMEOUT_MS } = this.#options;
    const timer = this.#context.clock.after(serverTimeoutMs, () =>
      deadline.abort(fault('TIMEOUT', `${server.name} did not answer in ${serverTimeoutMs} ms.`)),
    );
    const signal = AbortSignal.any([this.#context.signal, deadline.signal]);
    this.#log.hop = this.#steps.length;
    const startMs = this.#context.clock.nowMs();
    const report = await this.#inquiry(server, name, signal).run();
    timer.cancel();
    const totalMs = this.#context.clock.nowMs() - startMs;
    this.#steps.push(chainStep(zone, server, name, report, totalMs));
    return report;
  }

  #inquiry(server: NameServer, name: string, signal: AbortSignal): ServerInquiry {
    const { ip = 'any', port = DNS_PORT, facts = {} } = this.#options;
    const { transport = 'udp', tries = 2, dnssec = false } = this.#options;
    const inquiry = {
      question: { name, recordType: this.#question.recordType, recursion: false, dnssec },
      server: { host: glueOf(server, ip) ?? withoutDot(server.name), port },
      ip,
      transport,
      tries,
    };
    return new ServerInquiry(inquiry, this.#tools, { ...this.#context, signal }, this.#log, facts);
  }

  /** Adds to the last step where the answer led; undefined when it leads nowhere. */
  #stepOf(answer: DnsAnswer, zone: Zone, name: string): ResolutionStep | undefined {
    const step = resolutionStep(answer, zone.name, name, this.#question.recordType);
    const last = this.#steps.at(-1);
    if (last === undefined) return undefined;
    if (step.kind === 'alias') last.alias = step.to;
    if (step.kind === 'referral') {
      const servers = step.zone.servers.map((server) => server.name);
      last.referral = { zone: step.zone.name, servers };
    }
    if (step.kind !== 'useless') return step;
    last.fault = fault('NAME_DELEGATION_BROKEN', `${last.server} ${step.problem}.`);
    return undefined;
  }

  #aliasProblem(to: string, names: readonly string[]): string | undefined {
    if (names.some((name) => sameName(name, to))) return `The aliases go in a circle: ${to} again.`;
    // What servers send need not be a name that can be written into a query.
    if (queryName(to, this.#question.recordType) !== undefined) return undefined;
    return `An alias leads to ${to}, which cannot be asked for.`;
  }

  #failed(reason: Fault): ResolutionChain {
    return { steps: this.#steps, records: [], messages: [], fault: reason };
  }
}

/** Where either will do, IPv4: it works from more places. */
function glueOf({ addresses }: NameServer, ip: IpPreference): string | undefined {
  const wanted = (version: number) => addresses.find((address) => isIP(address) === version);
  return ip === 'any' ? (wanted(4) ?? wanted(6)) : wanted(Number(ip));
}

/** The machine's resolver would take the dot, but hosts files do not. */
function withoutDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}
