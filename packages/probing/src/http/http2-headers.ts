// The fields of a request over HTTP/2 (RFC 9113 section 8.3): the request line as pseudo fields, names
// in lower case, and nothing of what belongs to a connection of HTTP/1.1.

import { type HttpRequest, METHODS_WITH_BODY, USER_AGENT } from './http-request.ts';

const CONNECTION_FIELDS = new Set(['keep-alive', 'proxy-connection', 'host']);

export function http2Headers(request: HttpRequest): Record<string, string> {
  const { method, url, body, held } = request;
  const host = request.sent.find(({ name }) => name.toLowerCase() === 'host');
  const headers: Record<string, string> = {
    ':method': method,
    ':scheme': request.secure ? 'https' : 'http',
    ':authority': host?.value ?? url.host,
    ':path': `${url.pathname}${url.search}`,
    'user-agent': USER_AGENT,
    accept: '*/*',
    'accept-encoding': 'identity',
  };
  for (const { name, value } of request.sent) {
    const lower = name.toLowerCase();
    if (!CONNECTION_FIELDS.has(lower)) headers[lower] = value;
  }
  if (body !== undefined || METHODS_WITH_BODY.has(method)) {
    headers['content-length'] = String(Buffer.byteLength(body ?? ''));
  }
  if (held !== undefined) headers.expect = '100-continue';
  return headers;
}
