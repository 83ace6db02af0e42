// What checks share and name: plugins' kinds, tokens, pools. It is handed to what reads and compiles
// checks, so that a check alone stays plain data.

import type { PhaseName } from '@holdfast/kernel';
import type { CheckSpec } from '../check.ts';
import type { PoolSpec, TokenSpec } from '../compiled-check.ts';
import { tokenNames } from '../fields/placeholder.ts';
import type { PluginDescription } from '../plugin.ts';

export interface NamedPool {
  spec: PoolSpec;
  /** Of checks that use the pool and do not say otherwise. */
  limitsMs: Partial<Record<PhaseName, number>>;
  /** Of such checks where they send Expect. */
  expectContinueMs?: number;
}

export interface SharedParts {
  plugins: readonly PluginDescription[];
  tokens: ReadonlyMap<string, TokenSpec>;
  pools: ReadonlyMap<string, NamedPool>;
}

export const NO_SHARED_PARTS: SharedParts = {
  plugins: [],
  tokens: new Map(),
  pools: new Map(),
};

/** How a check calls the token that its own `auth.oauth2` brings. */
export const OAUTH2_TOKEN = 'oauth2';
/** What `connection: keep-alive` means. */
export const DEFAULT_POOL = 'default';

/** The pool that a check uses, if it uses one. */
export function poolName({ pool, connection }: Partial<CheckSpec>): string | undefined {
  if (connection === 'fresh') return undefined;
  return pool ?? (connection === 'keep-alive' ? DEFAULT_POOL : undefined);
}

export interface TokenUse {
  token: string;
  /** In the spec. */
  field: (string | number)[];
}

/** Every place where a check asks for a token by name. */
export function tokenUses(spec: Partial<CheckSpec>): TokenUse[] {
  const uses: TokenUse[] = filledTexts(spec).flatMap(({ text, field }) =>
    text.includes('${token:') ? tokenNames(text).map((token) => ({ token, field })) : [],
  );
  if (spec.auth?.token !== undefined)
    uses.push({ token: spec.auth.token, field: ['auth', 'token'] });
  return uses;
}

interface FilledText {
  text: string;
  field: (string | number)[];
}

function filledTexts(spec: Partial<CheckSpec>): FilledText[] {
  const { headers, metadata, body, auth, proxy, dialogue } = spec;
  const texts: FilledText[] = [...textsOf(headers, 'headers'), ...textsOf(metadata, 'metadata')];
  if (body !== undefined) texts.push({ text: body, field: ['body'] });
  if (auth?.bearer !== undefined) texts.push({ text: auth.bearer, field: ['auth', 'bearer'] });
  texts.push(...textsOf(auth?.basic, 'auth', 'basic'));
  if (typeof proxy === 'string') texts.push({ text: proxy, field: ['proxy'] });
  else if (proxy !== undefined)
    texts.push(
      ...textsOf({ url: proxy.url }, 'proxy'),
      ...textsOf(proxy.headers, 'proxy', 'headers'),
    );
  for (const [index, { send }] of (dialogue ?? []).entries())
    if (send !== undefined) texts.push({ text: send, field: ['dialogue', index, 'send'] });
  texts.push(...nested(spec.with, ['with'], 0));
  return texts;
}

/** What is faulty has been taken out. */
function textsOf(
  mapping: Record<string, string | undefined> | undefined,
  ...path: string[]
): FilledText[] {
  return Object.entries(mapping ?? {}).flatMap(([name, text]) =>
    text === undefined ? [] : [{ text, field: [...path, name] }],
  );
}

/** Options of plugins are of any shape; deeper ones than this name no token. */
const OPTIONS_DEPTH_MAX = 8;

function nested(value: unknown, field: (string | number)[], depth: number): FilledText[] {
  if (typeof value === 'string') return [{ text: value, field }];
  if (typeof value !== 'object' || value === null || depth >= OPTIONS_DEPTH_MAX) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    nested(inner, [...field, Array.isArray(value) ? Number(name) : name], depth + 1),
  );
}
