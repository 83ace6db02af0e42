// The parts that specs of several kinds have in common (types only): who we are, whom we trust, over
// what we go.

export type IpPreference = 'any' | '4' | '6';

/** Inclusive. */
export interface StatusRange {
  from: number;
  to: number;
}

export interface TlsSpec {
  /** Name sent and verified; default the host of the target. */
  serverName?: string;
  /** PEM text of authorities trusted instead of the system's. */
  ca?: string;
  /** false: facts are still collected and `verified` told, but a bad chain does not fail the probe. */
  verify: boolean;
  /** Shown to peers that ask who we are (mutual TLS). */
  client?: ClientCertificate;
}

export interface ClientCertificate {
  /** PEM text, leaf first. */
  certificate: string;
  /** PEM text of the private key; usually a placeholder such as `${file:/etc/probe.key}`, filled at each run. */
  key: string;
}

/** Where a `${token:NAME}` comes from: OAuth 2.0 client credentials (RFC 6749 section 4.4). */
export interface TokenSpec {
  url: string;
  /** Both may hold `${env:NAME}` and `${file:PATH}`. */
  clientId: string;
  clientSecret: string;
  scopes: string[];
  audience?: string;
  /** Further fields of the form that is posted; values may hold placeholders. */
  parameters: Record<string, string>;
  /** How the client says who it is: Authorization header, or fields of the form. */
  credentialsIn: 'header' | 'body';
  ip: IpPreference;
  tls: TlsSpec;
}

/** Connections kept between the runs of all checks that name the same pool in the same namespace. */
export interface PoolSpec {
  name: string;
  /** Idle connections kept in all. */
  idleMax: number;
  idlePerHostMax: number;
  /** In use and idle, to one host and port; a run beyond it waits for its turn. */
  perHostMax: number;
  idleTimeoutMs: number;
}

/** An HTTP proxy: asked for the whole URL for http://, by CONNECT for https:// (RFC 9110 section 9.3.6). */
export interface ProxySpec {
  /** `http://` or `https://`; user and password, which may be placeholders, are sent as Proxy-Authorization. */
  url: string;
  headers: Record<string, string>;
}

/** Who we are to the target; texts may hold placeholders. */
export type AuthSpec =
  | { type: 'basic'; username: string; password: string }
  | { type: 'bearer'; token: string };
