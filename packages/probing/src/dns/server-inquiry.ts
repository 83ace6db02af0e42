// One question to one server: its name resolved and the egress policy asked (also for an address as
// written), then UDP, then TCP when the answer was cut; or TCP at once. Of several addresses the next
// is asked over UDP when the one before cannot be reached; a silent one is waited for, because that
// is what a client of this server would meet. Over TLS and HTTPS nothing is asked before the server has
// proven who it is. A server too old for EDNS is asked again without it. Never throws for what the
// server does.

import { isIP } from 'node:net';
import { type Chance, type Fault, fault } from '@holdfast/kernel';
import type { DnsSpec, IpPreference, TlsSpec } from '@holdfast/resources/compiled-check';
import type { ResultContext } from '@holdfast/resources/result';
import type { ByteStream } from '../byte-stream.ts';
import { reach } from '../dial/reach.ts';
import type { PhaseLog } from '../phase-log.ts';
import type { Address, Outcome, ProbeContext } from '../prober.ts';
import { type SecureStream, secure } from '../tls/handshake.ts';
import { type DnsAnswer, readAnswer } from './dns-answer.ts';
import { readHeader } from './message-frame.ts';
import type { PacketCodec } from './packet-codec.ts';
import { Query, type Question } from './query.ts';
import { TcpExchange } from './tcp-exchange.ts';
import { type DnsBytes, type ExchangeParts, UdpExchange } from './udp-exchange.ts';

export interface Inquiry {
  question: Question;
  /** The path is that of `https`. */
  server: { host: string; port: number; path?: string };
  ip: IpPreference;
  transport: DnsSpec['transport'];
  /** Of `tls` and `https`; absent: verified, system authorities. */
  tls?: TlsSpec | undefined;
  /** Over UDP. */
  tries: number;
}

export interface InquiryTools {
  codec: PacketCodec;
  chance: Chance;
  /** Until the second sending over UDP; each further wait is twice as long. */
  firstWaitMs: number;
}

export interface InquiryReport {
  /** As far as it got: `address:port`. */
  server?: string;
  /** Of the last exchange. */
  transport: DnsSpec['transport'];
  /** The answer over UDP was cut. */
  truncated: boolean;
  /** Sendings, over whatever transport. */
  tries: number;
  /** Messages that answered another question. */
  ignored: number;
  queryTimeMs?: number;
  answer?: DnsAnswer;
  /** The message that the answer was read from. */
  bytes?: Buffer;
  fault?: Fault;
}

/** As registered for ALPN (RFC 7858). */
const DNS_OVER_TLS = ['dot'];
const VERIFIED: TlsSpec = { verify: true };

export class ServerInquiry {
  readonly #inquiry: Inquiry;
  readonly #tools: InquiryTools;
  readonly #context: ProbeContext;
  readonly #parts: ExchangeParts;
  #query: Query;
  readonly #report: InquiryReport;

  constructor(
    inquiry: Inquiry,
    tools: InquiryTools,
    context: ProbeContext,
    log: PhaseLog,
    facts: ResultContext,
  ) {
    const { clock, signal } = context;
    this.#inquiry = inquiry;
    this.#tools = tools;
    this.#context = context;
    this.#parts = { clock, signal, log, facts };
    this.#query = this.#queryWith(true);
    this.#report = { transport: inquiry.transport, truncated: false, tries: 0, ignored: 0 };
  }

  /** To be called once. */
  async run(): Promise<InquiryReport> {
    let failure = await this.#ask();
    if (failure === undefined && refusesEdns(this.#report.answer)) {
      this.#query = this.#queryWith(false);
      failure = await this.#ask();
    }
    if (failure !== undefined) this.#report.fault = this.#withIgnored(failure);
    return this.#report;
  }

  #queryWith(edns: boolean): Query {
    return new Query(this.#inquiry.question, edns, this.#tools.chance);
  }

  async #ask(): Promise<Fault | undefined> {
    const { transport, server } = this.#inquiry;
    delete this.#report.answer;
    this.#report.transport = transport;
    const ways = {
      udp: () => this.#overUdp(),
      tcp: () => this.#overTcp(server.host),
      tls: () => this.#overTls(),
      https: () => this.#overHttps(),
    };
    const outcome = await ways[transport]();
    return outcome.ok ? this.#read(outcome.value) : outcome.fault;
  }

  async #overUdp(): Promise<Outcome<DnsBytes>> {
    const found = await this.#find();
    if (!found.ok) return found;
    let outcome: Outcome<DnsBytes> | undefined;
    for (const address of found.value) {
      outcome = await this.#askAddress(address);
      if (outcome.ok && readHeader(outcome.value.bytes)?.truncated) {
        this.#report.truncated = true;
        return this.#overTcp(address.ip);
      }
      if (outcome.ok || outcome.fault.class !== 'connect') return outcome;
    }
    return outcome ?? { ok: false, fault: fault('NAME_NO_ADDRESS', 'There is no address to ask.') };
  }

  async #find(): Promise<Outcome<Address[]>> {
    const { log, facts, signal } = this.#parts;
    const { server, ip } = this.#inquiry;
    if (isIP(server.host) === 0) log.begin('resolve');
    const found = await this.#context.resolve(server.host, ip, signal);
    log.end();
    if (found.ok) facts.addresses = found.value.map((address) => address.ip);
    return found;
  }

  async #askAddress(address: Address): Promise<Outcome<DnsBytes>> {
    const { server, tries } = this.#inquiry;
    const { firstWaitMs } = this.#tools;
    this.#report.server = serverText(address, server.port);
    const sending = { address, port: server.port, tries, firstWaitMs };
    const exchange = new UdpExchange(this.#query, sending, this.#parts);
    const outcome = await exchange.run();
    this.#report.tries += exchange.tries;
    this.#report.ignored += exchange.ignored;
    return outcome;
  }

  async #overTcp(host: string): Promise<Outcome<DnsBytes>> {
    const { log, facts } = this.#parts;
    const { server, ip } = this.#inquiry;
    this.#report.transport = 'tcp';
    const known = facts.addresses;
    const reached = await reach({ host, port: server.port, ip }, this.#context, log, facts);
    if (known !== undefined) facts.addresses = known;
    if (!reached.ok) return reached;
    this.#report.server = serverText(reached.value.address, reached.value.port);
    return this.#askStream(reached.value);
  }

  async #overTls(): Promise<Outcome<DnsBytes>> {
    const secured = await this.#secured(DNS_OVER_TLS);
    return secured.ok ? this.#askStream(secured.value) : secured;
  }

  async #overHttps(): Promise<Outcome<DnsBytes>> {
    const { askOverHttps, HTTP_VERSIONS } = await import('./https-exchange.ts');
    const secured = await this.#secured(HTTP_VERSIONS);
    if (!secured.ok) return secured;
    this.#report.tries += 1;
    return askOverHttps(this.#query, this.#inquiry.server, secured.value, this.#parts);
  }

  async #secured(alpn: string[]): Promise<Outcome<SecureStream>> {
    const { log, facts } = this.#parts;
    const { server, ip, tls = VERIFIED } = this.#inquiry;
    const reached = await reach({ ...server, ip }, this.#context, log, facts);
    if (!reached.ok) return reached;
    this.#report.server = serverText(reached.value.address, reached.value.port);
    const wish = { serverName: tls.serverName ?? server.host, spec: tls, alpn };
    const secured = await secure(reached.value, wish, log, this.#context);
    if (secured.facts !== undefined) facts.tls = secured.facts;
    return secured.outcome;
  }

  async #askStream(stream: ByteStream): Promise<Outcome<DnsBytes>> {
    this.#report.tries += 1;
    const exchange = new TcpExchange(this.#query, stream, this.#parts);
    const outcome = await exchange.run();
    this.#report.ignored += exchange.ignored;
    return outcome;
  }

  #read({ bytes, queryTimeMs }: DnsBytes): Fault | undefined {
    this.#report.queryTimeMs = queryTimeMs;
    const reading = readAnswer(bytes, this.#tools.codec);
    if (!reading.ok) {
      const phase = this.#report.transport === 'udp' ? 'wait' : 'transfer';
      return fault(
        'PROTOCOL_INVALID_ANSWER',
        `The answer is not valid: ${reading.problem}.`,
        phase,
      );
    }
    this.#report.answer = reading.value;
    this.#report.bytes = bytes;
    return undefined;
  }

  #withIgnored(failure: Fault): Fault {
    const { ignored } = this.#report;
    if (ignored === 0) return failure;
    const what = ignored === 1 ? '1 message was' : `${ignored} messages were`;
    const message = `${failure.message} ${what} ignored, because they answered another question.`;
    return { ...failure, message };
  }
}

/** RFC 6891 section 7: such servers do not understand the query, or say that they cannot do it. */
function refusesEdns(answer: DnsAnswer | undefined): boolean {
  return answer?.edns === false && (answer.rcode === 'FORMERR' || answer.rcode === 'NOTIMP');
}

function serverText({ ip, version }: Address, port: number): string {
  return version === 6 ? `[${ip}]:${port}` : `${ip}:${port}`;
}
