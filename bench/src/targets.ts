// What the target process answers when it is asked where its servers are.

export interface Endpoint {
  host: string;
  port: number;
}

/** One endpoint per address of each kind, all on loopback. */
export interface Targets {
  http: Endpoint[];
  https: Endpoint[];
  tcp: Endpoint[];
  /** They keep connections open; `/kept` is counted, and `/most` tells the most connections that were. */
  keepAliveHttp: Endpoint[];
  keepAliveHttps: Endpoint[];
  /** For echoes, which have no port: it is 0. */
  icmp: Endpoint[];
  /** Answers each question over UDP with one A record. */
  dns: Endpoint;
  /** The name that the certificate of the https servers holds. */
  serverName: string;
  /** PEM of the authority to trust. */
  ca: string;
}
