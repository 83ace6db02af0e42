// Who may ask. A server on loopback is still reachable from any web page in the browser of its
// user, so Host and Origin are checked on every request (DNS rebinding, cross-site requests) and
// bodies must be JSON. On another address every request needs a token: the operator's, or one that
// resources grant, which opens the routes of its role.

import { timingSafeEqual } from 'node:crypto';
import { HoldfastError } from '@holdfast/kernel';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Caller, findToken, type GrantedToken, mayCall, OPERATOR } from './caller.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; what the route tells and does is bounded by it. */
    caller: Caller;
  }
}

export interface Access {
  /** Names besides loopback that this server is called by. */
  hosts: readonly string[];
  /** The operator's; a token is needed from every caller when set. */
  token?: string;
  /** Further tokens, as they are granted now. */
  granted?(): readonly GrantedToken[];
}

const TOKEN_COOKIE = 'holdfast_token';
/** Asked by load balancers and orchestrators, which carry no token; they tell nothing but health. */
const OPEN_PATHS = new Set(['/healthz', '/readyz']);
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

export function guard(server: FastifyInstance, access: Access): void {
  server.decorateRequest('caller', null as unknown as Caller);
  server.addHook('onRequest', async (request, reply) => {
    reply.header('X-Content-Type-Options', 'nosniff');
    reply.header('Referrer-Policy', 'no-referrer');
    reply.header('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    checkHost(request, access);
    checkOrigin(request);
    checkBodyType(request);
    const caller = await callerOf(request, reply, access);
    if (caller === undefined) return;
    request.caller = caller;
    checkRole(request, caller);
  });
}

function checkHost(request: FastifyRequest, access: Access): void {
  const name = hostName(request.headers.host ?? '');
  if (isLoopbackName(name) || access.hosts.includes(name)) return;
  const cure = 'Call it by its loopback address, or name this host with --allow-host.';
  throw new HoldfastError(
    'FORBIDDEN_ORIGIN',
    `the host name ${JSON.stringify(name)} is not ours`,
    cure,
  );
}

function hostName(host: string): string {
  return host
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
}

export function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

function checkOrigin(request: FastifyRequest): void {
  const { origin, host } = request.headers;
  if (origin === undefined || origin === `http://${host}` || origin === `https://${host}`) return;
  throw new HoldfastError(
    'FORBIDDEN_ORIGIN',
    `a page of ${origin} may not call this server`,
    'Open the console of this server itself.',
  );
}

function checkBodyType(request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const type = request.headers['content-type'] ?? '';
  if (/^application\/json\b/i.test(type)) return;
  throw new HoldfastError(
    'UNSUPPORTED_BODY',
    `the body is ${type === '' ? 'of no stated type' : type}`,
    'Send JSON with Content-Type: application/json.',
  );
}

/** Undefined: the request was answered already. */
async function callerOf(
  request: FastifyRequest,
  reply: FastifyReply,
  access: Access,
): Promise<Caller | undefined> {
  const url = new URL(request.url, 'http://server');
  if (OPEN_PATHS.has(url.pathname)) return OPERATOR;
  const offered = url.searchParams.get('token');
  if (request.method === 'GET' && offered !== null && holderOf(offered, access) !== undefined) {
    // Once in the address, then in a cookie that scripts and foreign pages cannot use.
    reply.header(
      'Set-Cookie',
      `${TOKEN_COOKIE}=${encodeURIComponent(offered)}; HttpOnly; SameSite=Strict; Path=/`,
    );
    url.searchParams.delete('token');
    await reply.redirect(url.pathname + url.search, 303);
    return undefined;
  }
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const given = bearer ?? cookieToken(request.headers.cookie ?? '');
  const holder = given === undefined ? undefined : holderOf(given, access);
  if (holder !== undefined) return holder;
  if (access.token === undefined && bearer === undefined) return OPERATOR;
  throw new HoldfastError(
    'UNAUTHORIZED',
    'no valid token',
    'Send `Authorization: Bearer TOKEN`, or open the console once with ?token=TOKEN.',
  );
}

function holderOf(given: string, { token, granted }: Access): Caller | undefined {
  if (token !== undefined && same(given, token)) return OPERATOR;
  return findToken(given, granted?.() ?? []);
}

function checkRole(request: FastifyRequest, caller: Caller): void {
  const { namespace } = (request.params ?? {}) as { namespace?: string };
  const route = request.routeOptions.url ?? request.url;
  if (mayCall(caller, { method: request.method, route, namespace })) return;
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  throw new HoldfastError(
    'FORBIDDEN',
    `a ${caller.role}${caller.namespace === undefined ? '' : ` of namespace ${caller.namespace}`} may not ${request.method} ${route}${where}`,
    'Use a token with the role for it; tokens are granted by `access` of a Namespace.',
  );
}

function cookieToken(header: string): string | undefined {
  const pair = header.split(/;\s*/).find((one) => one.startsWith(`${TOKEN_COOKIE}=`));
  try {
    return pair && decodeURIComponent(pair.slice(TOKEN_COOKIE.length + 1));
  } catch {
    return undefined;
  }
}

function same(given: string, wanted: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(wanted);
  return a.length === b.length && timingSafeEqual(a, b);
}
