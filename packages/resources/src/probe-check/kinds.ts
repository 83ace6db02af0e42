// Which fields and expectations mean something for which kind of check. Fields that no list names
// (interval, timeout, labels …) are for all kinds. A new kind is a line in each table here, its fields, its rules and its
// compiler; nothing else may decide by kind.

export const CHECK_TYPES = ['http', 'tcp', 'tls', 'dns', 'icmp', 'grpc'] as const;
export type CheckType = (typeof CHECK_TYPES)[number];
/** `plugin` stands for every kind that plugins bring. */
export type Kind = CheckType | 'plugin';
const KINDS: readonly Kind[] = [...CHECK_TYPES, 'plugin'];

export function isCheckType(word: string | undefined): word is CheckType {
  return CHECK_TYPES.some((type) => type === word);
}

export const KIND_FIELDS: Readonly<Record<Kind, readonly string[]>> = {
  http: [
    'method',
    'headers',
    'body',
    'maxRedirects',
    'tls',
    'bodyLimit',
    'version',
    'connection',
    'pool',
    'proxy',
    'auth',
    'decompress',
    'expectContinue',
  ],
  tcp: ['secure', 'startTls', 'tls', 'banner', 'dialogue', 'bodyLimit'],
  tls: ['tls', 'startTls', 'alpn'],
  dns: [
    'recordType',
    'server',
    'transport',
    'recursion',
    'tries',
    'query',
    'tls',
    'dnssec',
    'trace',
    'roots',
    'trustAnchors',
  ],
  icmp: ['packets', 'packetInterval', 'payload', 'ttl'],
  grpc: [
    'service',
    'method',
    'payload',
    'descriptorSet',
    'messages',
    'metadata',
    'bodyLimit',
    'tls',
  ],
  plugin: ['with', 'tls'],
};

export const KIND_EXPECTATIONS: Readonly<Record<Kind, readonly string[]>> = {
  http: ['status', 'headers', 'body', 'json', 'that', 'certificateDays', 'jsonSchema', 'version'],
  tcp: ['banner', 'certificateDays', 'that'],
  tls: ['certificateDays', 'versionMin', 'weakCiphers', 'staple', 'that'],
  dns: ['rcode', 'answer', 'authority', 'additional', 'secure', 'that'],
  icmp: ['loss', 'rtt', 'jitter', 'that'],
  grpc: ['code', 'serving', 'json', 'that'],
  plugin: ['that'],
};

/** For hints. */
export const TARGET_EXAMPLES: Readonly<Record<Kind, string>> = {
  http: 'https://host/path',
  tcp: 'tcp://host:port',
  tls: 'tls://host:443',
  dns: 'dns://server/name',
  icmp: 'icmp://host',
  grpc: 'grpc://host:port',
  plugin: 'one of a plugin',
};

export const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
] as const;
export type HttpMethod = (typeof METHODS)[number];

export function isHttpMethod(method: unknown): method is HttpMethod {
  return METHODS.some((known) => known === method);
}

/** The kinds that have a field, or with `expect` an expectation; none = it is for all kinds. */
export function kindsWith(name: string, group?: 'expect'): Kind[] {
  const table = group === 'expect' ? KIND_EXPECTATIONS : KIND_FIELDS;
  return KINDS.filter((kind) => table[kind].includes(name));
}

/** Whether a field means something for the kind. Some mean another thing in another kind. */
export function isFieldOf(kind: Kind, name: string, value: unknown): boolean {
  const kinds = kindsWith(name);
  if (kinds.length > 0 && !kinds.includes(kind)) return false;
  if (name === 'method') return isHttpMethod(value) === (kind === 'http');
  if (name === 'addresses' || name === 'address') return kind !== 'dns';
  if (name === 'payload') return (typeof value === 'number') === (kind === 'icmp');
  return true;
}

export function kindList(kinds: readonly Kind[]): string {
  return kinds.length <= 1
    ? kinds.join('')
    : `${kinds.slice(0, -1).join(', ')} and ${kinds.at(-1)}`;
}
