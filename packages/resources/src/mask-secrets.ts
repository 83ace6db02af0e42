// Resources as they may be shown: whatever is or may be a secret reads `<secret>`. Placeholders name
// a secret without being one and stay. When in doubt it hides.

import type { AlertRule, Channel } from './alert.ts';
import type { Check } from './check.ts';
import type { FaultTableResource } from './fault-table-resource.ts';
import type { Namespace } from './namespace.ts';
import type { Pool } from './pool.ts';
import type { Settings } from './settings.ts';
import type { Token } from './token.ts';

export type Resource =
  | Check
  | AlertRule
  | Channel
  | Token
  | Pool
  | FaultTableResource
  | Namespace
  | Settings;

const SECRET = '<secret>';

/** Headers whose values are never secret; of all others the value is hidden. */
const OPEN_HEADERS = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-type',
  'host',
  'origin',
  'user-agent',
]);

const PLACEHOLDERS_ONLY =
  /^(?:(?:Bearer|Basic|Token) )?(?:\$\{(?:(?:env|file|token):[^}]*|uuid)\})+$/;
const TELLTALE = /passw|secret|token|api[-_]?key|credential|private|^auth$|^pass$|^key$/i;
/** What dialogues say to log in; what follows it is not told apart. */
const LOGIN = /passw|secret|token|credential|\b(?:auth|pass|login|user)\b/i;

/** A copy that holds no secret. */
export function maskSecrets<R extends Resource>(resource: R): R {
  const copy = structuredClone(resource);
  const spec = copy.spec;
  if ('headers' in spec && spec.headers !== undefined) spec.headers = maskedHeaders(spec.headers);
  if ('metadata' in spec && spec.metadata !== undefined)
    spec.metadata = maskedHeaders(spec.metadata);
  if ('payload' in spec && TELLTALE.test(JSON.stringify(spec.payload) ?? '')) spec.payload = SECRET;
  if ('target' in spec) spec.target = maskedUserInfo(spec.target);
  if ('body' in spec && spec.body !== undefined && TELLTALE.test(spec.body)) spec.body = SECRET;
  if (copy.kind === 'Channel' && 'url' in copy.spec) copy.spec.url = maskedWebhook(copy.spec.url);
  if ('server' in spec && spec.server !== undefined) spec.server = maskedUserInfo(spec.server);
  if (copy.kind === 'Check') maskCheck(copy.spec);
  if (copy.kind === 'Token') maskGrant(copy.spec);
  if ('tls' in spec && spec.tls?.client !== undefined)
    spec.tls.client.key = maskedKey(spec.tls.client.key);
  return copy;
}

function maskCheck(spec: Check['spec']): void {
  const { auth, proxy, dialogue } = spec;
  if (auth?.basic !== undefined) auth.basic.password = masked(auth.basic.password);
  if (auth?.bearer !== undefined) auth.bearer = masked(auth.bearer);
  if (auth?.oauth2 !== undefined) maskGrant(auth.oauth2);
  if (typeof proxy === 'string') spec.proxy = maskedUserInfo(proxy);
  else if (proxy !== undefined) {
    proxy.url = maskedUserInfo(proxy.url);
    if (proxy.headers !== undefined) proxy.headers = maskedHeaders(proxy.headers);
  }
  for (const step of dialogue ?? []) {
    if (step.send !== undefined && LOGIN.test(step.send)) step.send = SECRET;
    if (step.sendBytes !== undefined) step.sendBytes = SECRET;
  }
  if (spec.with !== undefined) spec.with = maskedOptions(spec.with) as Record<string, unknown>;
}

type Grant = Pick<Token['spec'], 'clientSecret' | 'parameters'>;

function maskGrant(grant: Grant): void {
  grant.clientSecret = masked(grant.clientSecret);
  if (grant.parameters !== undefined) grant.parameters = maskedHeaders(grant.parameters);
}

/** Paths and placeholders name a key without being one. */
function maskedKey(key: string): string {
  return key.includes('-----BEGIN') ? SECRET : key;
}

function masked(value: string): string {
  return PLACEHOLDERS_ONLY.test(value) ? value : SECRET;
}

/** Of a plugin: what is called like a secret is one, and so may be what stands before an @. */
function maskedOptions(value: unknown): unknown {
  if (typeof value === 'string') return maskedUserInfo(value);
  if (Array.isArray(value)) return value.map(maskedOptions);
  if (typeof value !== 'object' || value === null) return value;
  const shown = Object.entries(value).map(([name, inner]) => {
    const hidden =
      TELLTALE.test(name) && !(typeof inner === 'string' && PLACEHOLDERS_ONLY.test(inner));
    return [name, hidden ? SECRET : maskedOptions(inner)];
  });
  return Object.fromEntries(shown);
}

function maskedHeaders(headers: Record<string, string>): Record<string, string> {
  const shown = Object.entries(headers).map(([name, value]) => {
    const open = OPEN_HEADERS.has(name.toLowerCase()) || PLACEHOLDERS_ONLY.test(value);
    return [name, open ? value : SECRET];
  });
  return Object.fromEntries(shown);
}

function maskedUserInfo(address: string): string {
  return address.replace(/^([A-Za-z][A-Za-z0-9+.-]*:\/\/|)[^/?#\s]*@/, `$1${SECRET}@`);
}

/** The path of a webhook is its password; what cannot be told apart is hidden whole. */
function maskedWebhook(url: string): string {
  if (PLACEHOLDERS_ONLY.test(url)) return url;
  const [, host, rest = ''] = /^(https?:\/\/[^/?#]+)(.*)$/is.exec(maskedUserInfo(url)) ?? [];
  if (host === undefined) return SECRET;
  return rest.length <= 1 ? `${host}${rest}` : `${host}/${SECRET}`;
}
