// Resources as they may be shown: whatever is or may be a secret reads `<secret>`. Placeholders name
// a secret without being one and stay. When in doubt it hides.

import type { AlertRule, Channel } from './alert.ts';
import type { Check } from './check.ts';

export type Resource = Check | AlertRule | Channel;

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

const PLACEHOLDERS_ONLY = /^(?:(?:Bearer|Basic|Token) )?(?:\$\{(?:env|file):[^}]*\})+$/;
const TELLTALE = /passw|secret|token|api[-_]?key|credential|private/i;

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
  if ('url' in spec) spec.url = maskedWebhook(spec.url);
  if ('server' in spec && spec.server !== undefined) spec.server = maskedUserInfo(spec.server);
  return copy;
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
