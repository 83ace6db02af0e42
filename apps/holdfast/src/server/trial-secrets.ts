// Which secrets a trial may use: those that a check in force sends to the very same service, by the
// same way. Anything looser would let a trial carry a secret to an address of the caller's choice.

import type { CompiledCheck, ProbeSpec } from '@holdfast/resources/compiled-check';

const PLACEHOLDER = /\$\$\{|\$\{(?:env|file|token):[^}]*\}/g;

/** The placeholders of the check that no check in force sends to the same service. */
export function strangeSecrets(check: CompiledCheck, inForce: readonly CompiledCheck[]): string[] {
  const wanted = placeholdersOf(check);
  if (wanted.size === 0) return [];
  const way = wayOf(check);
  const known = new Set<string>();
  for (const other of inForce) {
    if (wayOf(other) !== way) continue;
    for (const placeholder of placeholdersOf(other)) known.add(placeholder);
  }
  return [...wanted].filter((placeholder) => !known.has(placeholder));
}

function placeholdersOf(check: CompiledCheck): Set<string> {
  // `$${` writes a plain `${`: it is matched first, so that what follows it is no placeholder.
  const found = JSON.stringify(check).match(PLACEHOLDER) ?? [];
  return new Set(found.filter((text) => text !== '$${'));
}

/** Everything that decides who gets to see what is sent, and what it may do there. Equal text: the same. */
function wayOf({ namespace, spec, pinnedAddress, tokens }: CompiledCheck): string {
  const proxy = 'proxy' in spec ? spec.proxy : undefined;
  const tls = 'tls' in spec ? spec.tls : undefined;
  return JSON.stringify([namespace, serviceOf(spec), pinnedAddress, proxy, tls, tokens]);
}

function serviceOf(spec: ProbeSpec): unknown[] {
  switch (spec.kind) {
    case 'http':
      return [spec.kind, spec.method, originOf(spec.url), spec.maxRedirects];
    case 'tcp':
    case 'tls':
      return [spec.kind, spec.host, spec.port, 'secure' in spec && spec.secure, spec.startTls];
    case 'grpc':
      return [spec.kind, spec.host, spec.port, spec.secure];
    case 'icmp':
      return [spec.kind, spec.host];
    case 'dns':
      return [spec.kind, spec.server, spec.transport];
    case 'plugin':
      return [spec.plugin, spec.target, spec.options];
  }
}

/** Of a URL that is nothing but placeholders, the whole text. */
function originOf(url: string): string {
  try {
    return new URL(url).origin;
  } catch {
    return url;
  }
}
