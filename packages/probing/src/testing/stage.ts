// What one test sets up around one probe: servers that are closed when it is over, and the probe itself,
// through a runner of its own as the agent has one.

import type { CompiledCheck, ProbeSpec } from '@holdfast/resources/compiled-check';
import type { ProbeResult } from '@holdfast/resources/result';
import { type DnsWish, dnsSpec } from '../dns/testing/dns-checks.ts';
import { dnsServer, type Replies } from '../dns/testing/dns-server.ts';
import type { ProbeRunnerOptions } from '../probe-runner.ts';
import { type TlsWish, tlsSpec } from '../tls-kind/testing/tls-checks.ts';
import { checkOf, type HttpWish, httpCheck, probeOnce } from './checks.ts';
import { type Behaviour, type RawServerOptions, rawServer } from './raw-server.ts';

export type StageWish = Partial<Omit<HttpWish, 'url'>> & {
  path?: string;
  server?: RawServerOptions;
  options?: Partial<ProbeRunnerOptions>;
  /** Of the check itself. */
  check?: Partial<CompiledCheck>;
};

export class Stage {
  readonly #closings: (() => unknown)[] = [];

  /** Calls when the test is over. */
  onEnd(close: () => unknown): void {
    this.#closings.push(close);
  }

  async server(behave: Behaviour, options?: RawServerOptions) {
    const server = await rawServer(behave, options);
    this.onEnd(() => server.close());
    return server;
  }

  /** An HTTP probe of a server that behaves so. */
  async http(behave: Behaviour, wish: StageWish = {}): Promise<ProbeResult> {
    const { path, server, options, check, ...http } = wish;
    const target = await this.server(behave, server);
    return probeOnce({ ...httpCheck({ url: target.url(path), ...http }), ...check }, options);
  }

  async dns(replies: Replies, wish: DnsWish = {}): Promise<ProbeResult> {
    const { host, port, close } = await dnsServer(replies);
    this.onEnd(close);
    return this.probe(dnsSpec({ server: { host, port }, ...wish }));
  }

  tls(wish: TlsWish): Promise<ProbeResult> {
    return this.probe(tlsSpec(wish));
  }

  probe(spec: ProbeSpec, options?: Partial<ProbeRunnerOptions>): Promise<ProbeResult> {
    return probeOnce(checkOf(spec, `${spec.kind} target`), options);
  }

  async end(): Promise<void> {
    for (const close of this.#closings.reverse()) await close();
  }
}
