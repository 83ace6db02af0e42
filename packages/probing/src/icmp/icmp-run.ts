// One ICMP probe: sends the echo requests at their times and collects what is heard of them. It ends
// when nothing more is awaited, when the last packet has waited long enough, or at once when the run
// is aborted; whatever is still under way then is lost, and forgotten by the exchange.

import { isIP } from 'node:net';
import { type Fault, fault, type Timer } from '@holdfast/kernel';
import type { IcmpSpec } from '@holdfast/resources/compiled-check';
import type { ResultContext } from '@holdfast/resources/result';
import { abortFault } from '../abort.ts';
import { connectFaultCode, meaningOf, type SystemError } from '../dial/connect-fault.ts';
import { PhaseLog } from '../phase-log.ts';
import type { Address, Observation, ProbeContext } from '../prober.ts';
import { type EchoAddress, echoAddressOf } from './echo-address.ts';
import {
  type EchoDetail,
  type EchoFacts,
  type EchoReply,
  echoDetail,
  wholeMicroseconds,
} from './echo-detail.ts';
import type { EchoExchange } from './echo-exchange.ts';
import type { EchoNews } from './echo-news.ts';
import type { EchoSocket } from './echo-socket.ts';
import { socketFault } from './icmp-permission.ts';
import type { Receipt } from './news-ring.ts';
import type { EchoListener, WaitingEcho } from './waiting-echoes.ts';

export interface IcmpObservation extends Observation {
  /** Absent when nothing was sent. */
  echo?: EchoFacts;
  detail: Partial<EchoDetail>;
}

/** After the last packet. What answers later is no use to TCP either, which by then sends again (RFC 1122 section 4.2.3.1). */
const REPLY_WAIT_MS = 3000;
/** The wall clock may be slewed by this share of the time (NTP: 500 ppm) and read some us apart from ours. */
const CLOCK_SLEW = 0.0005;
const CLOCK_SLACK_MS = 0.1;

/** Where the packets go. */
interface Path {
  ip: string;
  to: EchoAddress;
  socket: EchoSocket;
}

export class IcmpRun implements EchoListener {
  readonly #spec: IcmpSpec;
  readonly #context: ProbeContext;
  readonly #exchange: EchoExchange;
  readonly #log: PhaseLog;
  readonly #facts: ResultContext = {};
  readonly #waiting = new Set<WaitingEcho>();
  readonly #replies: EchoReply[] = [];
  #error: EchoNews | undefined;
  #path: Path | undefined;
  #sent = 0;
  #firstMs = 0;
  #timer: Timer | undefined;
  #end: (reason?: Fault) => void = () => {};

  constructor(spec: IcmpSpec, context: ProbeContext, exchange: EchoExchange) {
    this.#spec = spec;
    this.#context = context;
    this.#exchange = exchange;
    this.#log = new PhaseLog(context);
  }

  async run(): Promise<IcmpObservation> {
    const { host, ip } = this.#spec;
    // An address needs no resolver: no phase is written for what did not happen.
    if (isIP(host) === 0) this.#log.begin('resolve');
    const found = await this.#context.resolve(host, ip, this.#context.signal);
    this.#log.end();
    if (!found.ok) return this.#observation(found.fault);
    this.#facts.addresses = found.value.map((address) => address.ip);
    const hindrance = this.#sendFirst(found.value) ?? (await this.#untilOver());
    this.#log.end();
    return this.#observation(hindrance);
  }

  heard(echo: WaitingEcho, news: EchoNews, receipt: Receipt): void {
    this.#waiting.delete(echo);
    if (news.kind === 'reply') this.#replies.push(this.#replyOf(echo, receipt));
    else this.#error = news;
    if (this.#isOver()) this.#end();
  }

  broken(reason: string): void {
    this.#end(fault('PROBER_FAILED', `The probe cannot go on: ${reason}.`, 'wait'));
  }

  /** Aborted. What has been heard until then is enough to judge by once all packets are out. */
  handleEvent(): void {
    const { signal } = this.#context;
    const reason = abortFault(signal, 'wait');
    const wasHeard = this.#replies.length > 0 || this.#error !== undefined;
    const isJudgeable = this.#sent === this.#spec.packets && wasHeard;
    this.#end(reason.class === 'timeout' && isJudgeable ? undefined : reason);
  }

  /** To the first address that a packet can be sent to at all; the first failure is told. */
  #sendFirst(addresses: readonly Address[]): Fault | undefined {
    let failure: Fault | undefined;
    for (const { ip } of addresses) {
      const to = echoAddressOf(ip);
      if (to === undefined) continue;
      const opened = this.#exchange.open(to.version);
      if (!opened.ok) {
        failure ??= socketFault(opened.error, to.version);
        continue;
      }
      if (this.#log.running === undefined) this.#log.begin('wait');
      this.#firstMs = this.#context.clock.nowMs();
      const unsent = this.#send({ ip, to, socket: opened.socket });
      if (unsent === undefined) return undefined;
      failure ??= unsent;
    }
    return failure ?? fault('PROBER_FAILED', 'There was no address to send to.', 'wait');
  }

  #untilOver(): Promise<Fault | undefined> {
    const { signal } = this.#context;
    const droppedBefore = this.#exchange.dropped;
    return new Promise((resolve) => {
      this.#end = (reason) => {
        this.#end = () => {};
        this.#timer?.cancel();
        signal.removeEventListener('abort', this);
        this.#exchange.leave(this);
        for (const echo of this.#waiting) this.#exchange.forget(echo);
        const wasDeaf = this.#waiting.size > 0 && this.#exchange.dropped > droppedBefore;
        resolve(reason ?? (wasDeaf ? stalledFault() : undefined));
      };
      this.#exchange.join(this);
      if (signal.aborted) return this.handleEvent();
      signal.addEventListener('abort', this);
      this.#planNext();
    });
  }

  /** Each packet has its place on one time axis, so that delays do not add up. */
  #planNext(): void {
    const { clock } = this.#context;
    const { packets, packetIntervalMs } = this.#spec;
    if (this.#sent === packets) {
      this.#timer = clock.after(REPLY_WAIT_MS, () => this.#end());
      return;
    }
    const dueMs = this.#firstMs + this.#sent * packetIntervalMs;
    this.#timer = clock.after(Math.max(0, dueMs - clock.nowMs()), () => this.#sendNext());
  }

  #sendNext(): void {
    const unsent = this.#path && this.#send(this.#path);
    if (unsent === undefined) this.#planNext();
    else this.#end(unsent);
  }

  #send(path: Path): Fault | undefined {
    const { ttl, payloadBytes } = this.#spec;
    const sending = this.#exchange.send(path.socket, {
      listener: this,
      to: path.to,
      number: this.#sent + 1,
      ttl,
      payloadBytes,
      nowMs: this.#context.clock.nowMs(),
    });
    if (sending.sent === undefined) return sendFault(sending.error, path);
    this.#path = path;
    this.#sent += 1;
    this.#waiting.add(sending.sent);
    return undefined;
  }

  #isOver(): boolean {
    return this.#sent === this.#spec.packets && this.#waiting.size === 0;
  }

  #replyOf(echo: WaitingEcho, { ttl, receivedSeconds, receivedNanoseconds }: Receipt): EchoReply {
    const ownMs = this.#context.clock.nowMs() - echo.sentMs;
    const kernelMs =
      ((receivedSeconds ?? Number.NaN) - echo.sentSeconds) * 1000 +
      ((receivedNanoseconds ?? 0) - echo.sentNanoseconds) / 1e6;
    // The kernel received it before we heard of it, unless the wall clock was set meanwhile.
    const byKernel = kernelMs >= 0 && kernelMs <= ownMs * (1 + CLOCK_SLEW) + CLOCK_SLACK_MS;
    const reply: EchoReply = {
      sequence: echo.number,
      rttMs: wholeMicroseconds(byKernel ? kernelMs : ownMs),
      byKernel,
      ownClockRttMs: wholeMicroseconds(ownMs),
    };
    if (ttl !== undefined) reply.ttl = ttl;
    return reply;
  }

  #observation(hindrance: Fault | undefined): IcmpObservation {
    const { phases } = this.#log;
    const observation: IcmpObservation = {
      totalMs: this.#log.totalMs(),
      phases,
      context: this.#facts,
      detail: {},
    };
    if (hindrance !== undefined) observation.fault = hindrance;
    if (this.#path === undefined) return observation;
    const { ip, to, socket } = this.#path;
    const { version } = to;
    this.#facts.peerIp = ip;
    this.#facts.ipVersion = version;
    const echo: EchoFacts = {
      ip,
      version,
      socket: socket.raw ? 'raw' : 'ping',
      sent: this.#sent,
      replies: this.#replies,
    };
    if (this.#error !== undefined) echo.error = this.#error;
    return { ...observation, echo, detail: echoDetail(echo) };
  }
}

function stalledFault(): Fault {
  const message = 'More ICMP came than this process took in: what is missing may have answered.';
  return fault('PROBER_STALLED', message, 'wait');
}

function sendFault(error: SystemError, { ip, to }: Path): Fault {
  if (error.code === 'EMSGSIZE') {
    const message = `A packet with this payload is too long to be sent to ${ip}.`;
    return fault('PROBER_INVALID_CHECK', message, 'wait', 'Make `payloadBytes` smaller.');
  }
  return fault(connectFaultCode(error, to.version), `${ip}: ${meaningOf(error)}.`, 'wait');
}
