// One HTTP measurement: hop after hop until an answer that is no redirect to follow. Each hop asks
// the resolver, the egress policy and the network afresh, on a connection of its own, unless the check
// names a pool; a redirect's body is not waited for. It never throws for what the target does, and
// leaves no socket behind but those that the pool owns.

import { type Fault, fault } from '@holdfast/kernel';
import type { HttpSpec, ProxySpec } from '@holdfast/resources/compiled-check';
import type { ResultContext } from '@holdfast/resources/result';
import { untilAborted } from '../abort.ts';
import { PhaseLog } from '../phase-log.ts';
import type { Outcome, ProbeContext } from '../prober.ts';
import { BodyCollector } from './body-collector.ts';
import { CookieJar } from './cookie-jar.ts';
import { Exchange } from './exchange.ts';
import { type HttpObservation, httpDetail } from './http-observation.ts';
import { fillRequest, type HttpPlan, hideCredentials, shownUrl } from './http-plan.ts';
import {
  buildRequest,
  type HttpRequest,
  type RequestForm,
  type RequestHeader,
} from './http-request.ts';
import { Http2Exchange } from './http2-exchange.ts';
import { type AskedLine, type Asking, hopInPool } from './pooled-hop.ts';
import { fillProxy, type HttpProxy, proxyRefusal } from './proxy.ts';
import { followRedirect, redirectLimit, redirectTarget } from './redirect.ts';
import type { ResponseHead } from './response-head.ts';
import { ResponseParser, type ResponseSink } from './response-parser.ts';
import { openWay, type Way } from './way.ts';

/** A redirect's body that is read all the same, so that its connection can be kept. */
const REDIRECT_BYTES_MAX = 16 * 1024;

export class HttpRun implements ResponseSink {
  readonly #spec: HttpSpec;
  readonly #plan: HttpPlan;
  readonly #context: ProbeContext;
  readonly #log: PhaseLog;
  readonly #urls: string[] = [];
  readonly #facts: ResultContext = { urls: this.#urls };
  #head: ResponseHead | undefined;
  #body: BodyCollector;
  #cookies: CookieJar | undefined;
  /** The host that `tls.serverName` was written for. */
  #firstHost = '';
  #proxy: HttpProxy | undefined;
  #form: RequestForm;
  #redirects = 0;
  #downgraded = false;

  constructor(spec: HttpSpec, plan: HttpPlan, context: ProbeContext) {
    this.#spec = spec;
    this.#plan = plan;
    this.#context = context;
    this.#log = new PhaseLog(context);
    this.#form = plan.form;
    this.#body = new BodyCollector(spec, plan.keepBody);
  }

  /** To be called once. */
  async run(): Promise<HttpObservation> {
    let failure = await this.#followAll();
    const totalMs = this.#log.totalMs();
    if (failure === undefined && this.#body.compressed) failure = await this.#body.finish();
    const { phases } = this.#log;
    const [head, body, redirects] = [this.#head, this.#body, this.#redirects];
    const observation: HttpObservation = {
      totalMs,
      phases,
      context: this.#facts,
      detail: httpDetail({ head, body, redirects, downgraded: this.#downgraded }),
      body,
      atMs: this.#context.clock.wallMs(),
    };
    if (failure !== undefined) observation.fault = failure;
    if (head !== undefined) observation.head = head;
    return observation;
  }

  /** The parser's question at the end of a head: a redirect that is followed needs no body. */
  head(head: ResponseHead): boolean {
    this.#head = head;
    this.#body.begin(head);
    if (this.#spec.maxRedirects === 0 || redirectTarget(head) === undefined) return true;
    const bytes = Number(head.headers.get('content-length') ?? Infinity);
    return this.#spec.pool !== undefined && bytes <= REDIRECT_BYTES_MAX;
  }

  body(bytes: Buffer): void {
    this.#body.take(bytes);
  }

  async #followAll(): Promise<Fault | undefined> {
    this.#urls.push(this.#plan.shownUrl);
    let request = this.#readyRequest() ?? (await this.#firstRequest());
    for (;;) {
      if (!request.ok) return request.fault;
      const failure = await this.#hop(request.value);
      if (failure !== undefined || this.#head === undefined) return failure;
      const location = redirectTarget(this.#head);
      if (location === undefined || this.#spec.maxRedirects === 0) return undefined;
      request = this.#nextRequest(request.value, this.#head, location);
    }
  }

  /** What was made once per check is asked for without a turn of the loop. */
  #readyRequest(): Outcome<HttpRequest> | undefined {
    const { secrets, traceparent } = this.#context;
    const { request } = this.#plan;
    if (request?.ok !== true || traceparent !== undefined) return undefined;
    if (this.#spec.proxy !== undefined) return undefined;
    this.#firstHost = request.value.url.hostname;
    hideCredentials(request.value, secrets);
    return request;
  }

  async #firstRequest(): Promise<Outcome<HttpRequest>> {
    const { secrets, signal } = this.#context;
    const ready = this.#plan.request;
    const parts = ready ?? (await untilAborted(fillRequest(this.#spec, secrets), signal));
    if (!parts.ok) return parts;
    const missing = this.#spec.proxy && (await this.#fillProxy(this.#spec.proxy));
    if (missing !== undefined) return { ok: false, fault: missing };
    this.#firstHost = parts.value.url.hostname;
    hideCredentials(parts.value, secrets);
    return buildRequest(parts.value, this.#headersOfHop(parts.value.url), this.#form);
  }

  async #fillProxy(spec: ProxySpec): Promise<Fault | undefined> {
    const { secrets, signal } = this.#context;
    const proxy = await untilAborted(fillProxy(spec, secrets), signal);
    if (!proxy.ok) return proxy.fault;
    this.#proxy = proxy.value;
    this.#form = { ...this.#form, proxyHeaders: proxy.value.headers };
    return undefined;
  }

  #nextRequest(request: HttpRequest, head: ResponseHead, location: string): Outcome<HttpRequest> {
    if (this.#redirects >= redirectLimit(this.#spec.maxRedirects)) {
      const message = `Redirect ${this.#redirects + 1} is one more than the check allows.`;
      return { ok: false, fault: fault('PROTOCOL_REDIRECTS_EXCEEDED', message, 'transfer') };
    }
    this.#storeCookies(head, request.url);
    const parts = followRedirect(request, head.status, location);
    if (!parts.ok) return parts;
    const { url } = parts.value;
    this.#redirects += 1;
    this.#log.hop = this.#redirects;
    this.#downgraded ||= request.secure && url.protocol === 'http:';
    this.#urls.push(shownUrl(url.href));
    return buildRequest(parts.value, this.#headersOfHop(url), this.#form);
  }

  /** Sends one request and reads its answer. */
  async #hop(request: HttpRequest): Promise<Fault | undefined> {
    this.#head = undefined;
    this.#body = new BodyCollector(this.#spec, this.#plan.keepBody);
    const failure = await this.#askOn(request, this.#wayOf(request));
    if (failure !== undefined || this.#head === undefined) return failure;
    return request.secure ? undefined : proxyRefusal(this.#head, this.#proxy);
  }

  async #askOn(request: HttpRequest, way: Way): Promise<Fault | undefined> {
    const { pool } = this.#spec;
    const { connections } = this.#context;
    if (pool !== undefined && connections !== undefined) {
      const ask = (line: AskedLine) => this.#asking(request, line);
      return hopInPool(request, { pool, connections, way, facts: this.#facts, ask });
    }
    const opened = await openWay(request, way);
    if (!opened.ok) return opened.fault;
    const failure = await this.#asking(request, opened.value).run(request);
    opened.value.session?.close();
    return failure;
  }

  #asking({ method }: HttpRequest, { stream, session }: AskedLine): Asking {
    const { bodyBytesMax } = this.#spec;
    if (session !== undefined) {
      return new Http2Exchange(session, this, bodyBytesMax, this.#log, this.#context);
    }
    const parser = new ResponseParser(method, bodyBytesMax, this);
    return new Exchange(stream, parser, this.#log, this.#context);
  }

  #wayOf(request: HttpRequest): Way {
    const spec = this.#spec;
    const isFirstHost = request.url.hostname === this.#firstHost;
    const serverName = (isFirstHost ? spec.tls.serverName : undefined) ?? request.host;
    const [context, log, facts, proxy] = [this.#context, this.#log, this.#facts, this.#proxy];
    return { spec, context, log, facts, serverName, showsClient: isFirstHost, proxy };
  }

  #storeCookies(head: ResponseHead, url: URL): void {
    const fields = head.headers.all('set-cookie');
    if (fields.length === 0) return;
    this.#cookies ??= new CookieJar();
    for (const field of fields) this.#cookies.store(field, url, this.#context.clock.wallMs());
  }

  #headersOfHop(url: URL): RequestHeader[] {
    const headers: RequestHeader[] = [];
    const cookie = this.#cookies?.header(url);
    if (cookie !== undefined) headers.push({ name: 'Cookie', value: cookie, sensitive: true });
    const { traceparent } = this.#context;
    if (traceparent !== undefined) {
      headers.push({ name: 'traceparent', value: traceparent, sensitive: false });
    }
    return headers;
  }
}
