// Who a check says that we are: by `auth`, else by user and password of its URL; a header of its own
// goes before both. What is made here never reaches another origin than the one it was written for.

import type { AuthSpec } from '@holdfast/resources/compiled-check';
import type { Outcome, Secrets } from '../prober.ts';
import type { RequestHeader } from './http-request.ts';

/** The header of `auth`, its placeholders filled; what is secret in it is hidden. */
export async function authorizationOf(
  auth: AuthSpec,
  secrets: Secrets,
): Promise<Outcome<RequestHeader>> {
  if (auth.type === 'bearer') {
    const token = await secrets.fill(auth.token);
    if (!token.ok) return token;
    secrets.hide(token.value);
    return { ok: true, value: authorization(`Bearer ${token.value}`) };
  }
  const username = await secrets.fill(auth.username);
  if (!username.ok) return username;
  const password = await secrets.fill(auth.password);
  if (!password.ok) return password;
  secrets.hide(password.value);
  return { ok: true, value: authorization(basicCredentials(username.value, password.value)) };
}

/** What a URL with user and password stands for; undefined without them. */
export function basicOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return basicCredentials(decoded(username), decoded(password));
}

/** The header of a URL with user and password; undefined without them. */
export function basicAuthorization(url: URL): RequestHeader | undefined {
  const value = basicOf(url);
  return value === undefined ? undefined : authorization(value);
}

/** Part of a URL as it was meant. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that encodes nothing stands for itself.
    return text;
  }
}

/** RFC 7617 section 2. */
function basicCredentials(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function authorization(value: string): RequestHeader {
  return { name: 'Authorization', value, sensitive: true };
}
