// Which fields the form has for which kind of check, where each stands in the YAML, and how what is
// typed becomes a value. Only the common ones: the YAML takes the others. What is right is the server's
// to say; here nothing is refused.

export const KINDS = ['http', 'tls', 'tcp', 'dns', 'icmp', 'grpc'] as const;
export type Kind = (typeof KINDS)[number];

export interface FormField {
  /** In the check, such as `expect.status`; its name in the catalogue of words too. */
  path: FieldPath;
  /** `list` is parted by commas, `lines` by line breaks. */
  as: 'text' | 'number' | 'list' | 'lines' | 'choice';
  choices?: readonly string[];
  example?: string;
}

export type FieldPath =
  | 'name'
  | 'target'
  | 'interval'
  | 'timeout'
  | 'method'
  | 'recordType'
  | 'packets'
  | 'service'
  | 'banner'
  | 'expect.status'
  | 'expect.body.contains'
  | 'expect.certificateDays'
  | 'expect.versionMin'
  | 'expect.banner'
  | 'expect.rcode'
  | 'expect.answer'
  | 'expect.loss'
  | 'expect.rtt'
  | 'expect.code'
  | 'expect.serving'
  | 'expect.that';

const TARGETS: Record<Kind, string> = {
  http: 'https://host/path',
  tls: 'tls://host:443',
  tcp: 'tcp://host:port',
  dns: 'dns://server/name',
  icmp: 'icmp://host',
  grpc: 'grpc://host:port',
};

const CERTIFICATE: FormField = { path: 'expect.certificateDays', as: 'number', example: '14' };
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const RECORD_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT', 'CAA'];
const RCODES = ['NOERROR', 'NXDOMAIN', 'SERVFAIL', 'REFUSED'];
const SERVING = ['SERVING', 'NOT_SERVING', 'UNKNOWN', 'SERVICE_UNKNOWN'];

const OWN_FIELDS: Record<Kind, readonly FormField[]> = {
  http: [
    { path: 'method', as: 'choice', choices: METHODS },
    { path: 'expect.status', as: 'list', example: '2xx' },
    { path: 'expect.body.contains', as: 'text' },
    CERTIFICATE,
  ],
  tls: [CERTIFICATE, { path: 'expect.versionMin', as: 'choice', choices: ['TLSv1.2', 'TLSv1.3'] }],
  tcp: [
    { path: 'banner', as: 'text', example: '2s' },
    { path: 'expect.banner', as: 'text', example: '^220 ' },
  ],
  dns: [
    { path: 'recordType', as: 'choice', choices: RECORD_TYPES },
    { path: 'expect.rcode', as: 'choice', choices: RCODES },
    { path: 'expect.answer', as: 'text', example: 'IN A 192\\.0\\.2\\.' },
  ],
  icmp: [
    { path: 'packets', as: 'number', example: '5' },
    { path: 'expect.loss', as: 'text', example: '20%' },
    { path: 'expect.rtt', as: 'text', example: '100ms' },
  ],
  grpc: [
    { path: 'service', as: 'text' },
    { path: 'expect.code', as: 'choice', choices: ['OK', 'UNAVAILABLE', 'NOT_FOUND'] },
    { path: 'expect.serving', as: 'choice', choices: SERVING },
  ],
};

export function fieldsOf(kind: Kind): FormField[] {
  return [
    { path: 'name', as: 'text' },
    { path: 'target', as: 'text', example: TARGETS[kind] },
    { path: 'interval', as: 'text', example: '30s' },
    { path: 'timeout', as: 'text', example: '10s' },
    ...OWN_FIELDS[kind],
    { path: 'expect.that', as: 'lines', example: 'total_ms < 800.0' },
  ];
}

/** Fields that the form has for other kinds than this one: they would be faults here. */
export function strangeFields(kind: Kind): FieldPath[] {
  const own = new Set(fieldsOf(kind).map(({ path }) => path));
  const all = KINDS.flatMap((other) => OWN_FIELDS[other].map(({ path }) => path));
  return [...new Set(all)].filter((path) => !own.has(path));
}

/** As written, else by the scheme of the target. */
export function kindOf(check: Readonly<Record<string, unknown>>): Kind {
  const scheme = /^(\w+):/.exec(String(check.target ?? ''))?.[1]?.replace(/s$/, '');
  const named = typeof check.type === 'string' ? check.type : scheme;
  return KINDS.find((kind) => kind === named || kind === `${named}s`) ?? 'http';
}

/** undefined when the value is one that this field cannot show. */
export function textOfValue(field: FormField, value: unknown): string | undefined {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value) && (field.as === 'list' || field.as === 'lines')) {
    const plain = value.every((item) => ['string', 'number'].includes(typeof item));
    return plain ? value.join(field.as === 'list' ? ', ' : '\n') : undefined;
  }
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}

/** undefined takes the field out of the text. */
export function valueOfText(field: FormField, text: string): unknown {
  if (text.trim() === '') return undefined;
  if (field.as === 'number') return numberOrText(text.trim());
  if (field.as === 'text' || field.as === 'choice') return text;
  const items = text.split(field.as === 'list' ? /,\s*/ : '\n');
  if (field.as === 'lines') return items.length === 1 ? text : items;
  return items.length === 1 ? numberOrText(text) : items.map(numberOrText);
}

function numberOrText(text: string): number | string {
  return /^\d{1,9}$/.test(text) ? Number(text) : text;
}
