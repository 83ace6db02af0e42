// Alert rules and channels as the alert engine runs them (types only): defaults filled in, patterns
// proven. People write the resource form; the compiler of resources makes this of it. Placeholders
// `${env:NAME}` and `${file:PATH}` stay as written here: they are filled in at each attempt to send.

export interface RuleMatch {
  /** Globs over check names: `*` any characters, `?` one. Empty = every name. */
  names: string[];
  /** All must be on the check with just this value. Empty = any labels. */
  labels: Record<string, string>;
  /** Empty = every namespace. */
  namespaces: string[];
}

export interface CompiledRule {
  /** Unique among rules. */
  name: string;
  /** Bad runs in a row (down or timeout) until it fires; at least 1. */
  failures: number;
  /** Good runs in a row until it recovers; at least 1. */
  recoveries: number;
  /** A check must satisfy names, labels and namespaces alike. */
  match: RuleMatch;
  /** Names of channels. */
  channels: string[];
}

export interface WebhookChannel {
  /** Unique among channels. */
  name: string;
  type: 'webhook';
  /** http or https; may hold placeholders and credentials. */
  url: string;
  /** Values may hold placeholders. */
  headers: Record<string, string>;
}

export interface SmtpChannel {
  /** Unique among channels. */
  name: string;
  type: 'smtp';
  /** `smtp://user:password@host:587` (STARTTLS) or `smtps://…` (TLS at once); may hold placeholders. */
  server: string;
  /** Address, with or without a display name. */
  from: string;
  to: string[];
}

export type CompiledChannel = WebhookChannel | SmtpChannel;
