// The request by which a token is asked for: client credentials of OAuth 2.0 (RFC 6749 section 4.4) as
// a check of kind `http`, so that it goes the way that every probe goes. Credentials are filled in here
// and nowhere kept.

import type { HttpSpec, TokenSpec } from '@holdfast/resources/compiled-check';
import type { Outcome, Secrets } from '../prober.ts';

/** Tokens with many claims have some kB. */
const ANSWER_BYTES_MAX = 64 * 1024;

/** The secrets remember the credentials, so that they can be hidden again. */
export async function tokenRequest(spec: TokenSpec, secrets: Secrets): Promise<Outcome<HttpSpec>> {
  const clientId = await secrets.fill(spec.clientId);
  if (!clientId.ok) return clientId;
  const clientSecret = await secrets.fill(spec.clientSecret);
  if (!clientSecret.ok) return clientSecret;
  const form = await filledForm(spec, secrets);
  if (!form.ok) return form;
  const headers: Record<string, string> = {
    'Content-Type': 'application/x-www-form-urlencoded',
    Accept: 'application/json',
  };
  if (spec.credentialsIn === 'header') {
    headers.Authorization = basicCredentials(clientId.value, clientSecret.value);
  } else {
    form.value.set('client_id', clientId.value);
    form.value.set('client_secret', clientSecret.value);
  }
  return { ok: true, value: requestSpec(spec, headers, form.value.toString()) };
}

async function filledForm(spec: TokenSpec, secrets: Secrets): Promise<Outcome<URLSearchParams>> {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (spec.scopes.length > 0) form.set('scope', spec.scopes.join(' '));
  if (spec.audience !== undefined) form.set('audience', spec.audience);
  for (const [name, text] of Object.entries(spec.parameters)) {
    const value = await secrets.fill(text);
    if (!value.ok) return value;
    form.set(name, value.value);
  }
  return { ok: true, value: form };
}

/** Both are form-encoded before they are joined (RFC 6749 section 2.3.1). */
function basicCredentials(clientId: string, clientSecret: string): string {
  const credentials = `${formEncoded(clientId)}:${formEncoded(clientSecret)}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

function formEncoded(text: string): string {
  return new URLSearchParams({ v: text }).toString().slice(2);
}

/** A form and base64 hold no `${`, so nothing in them is taken for a placeholder again. */
function requestSpec(spec: TokenSpec, headers: Record<string, string>, body: string): HttpSpec {
  return {
    kind: 'http',
    url: spec.url,
    method: 'POST',
    headers,
    body,
    // Credentials are for this address and no other.
    maxRedirects: 0,
    ip: spec.ip,
    tls: spec.tls,
    bodyBytesMax: ANSWER_BYTES_MAX,
    // What is expected is read by us; that something is expected keeps the body.
    expect: { status: [], headers: {}, json: {}, that: [] },
  };
}
