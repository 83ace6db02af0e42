// Which kept connections a hop may use: those to the same host and port over which the same version is
// spoken, with the same trust, the same certificate of ours and the same proxy. What may differ from
// run to run within one check (a renewed key, say) counts from the next connection on.

import { createHash } from 'node:crypto';
import type { HttpSpec, PoolSpec } from '@holdfast/resources/compiled-check';
import type { ConnectionWish } from '../connections/connections.ts';
import type { HttpRequest } from './http-request.ts';
import type { Way } from './way.ts';

const hashes = new WeakMap<HttpSpec, string>();

/** Of requests that are the same at each run, as those without placeholders are. */
const wishes = new WeakMap<HttpRequest, KnownWish>();

interface KnownWish {
  wish: ConnectionWish;
  pinnedAddress: string;
}

export function poolWish(
  pool: PoolSpec,
  request: HttpRequest,
  way: Omit<Way, 'facts'>,
  fresh: boolean,
): ConnectionWish {
  const { namespace = '', pinnedAddress = '' } = way.context;
  const known = wishes.get(request);
  const holds = known?.pinnedAddress === pinnedAddress && known.wish.namespace === namespace;
  if (holds && !fresh) return known.wish;
  const { host, port, secure } = request;
  const { spec, serverName, showsClient, proxy } = way;
  // A proxy that is asked for whole URLs takes those of all targets on one connection.
  const place = proxy === undefined || secure ? `${host} ${port}` : proxy.name;
  const name = secure ? serverName : '';
  const key = `${secure} ${name} ${showsClient} ${pinnedAddress} ${settingsHash(spec)}`;
  const wish = { pool, fresh, namespace, place, key };
  if (!fresh) wishes.set(request, { wish, pinnedAddress });
  return wish;
}

function settingsHash(spec: HttpSpec): string {
  const known = hashes.get(spec);
  if (known !== undefined) return known;
  const { tls, proxy, version, ip } = spec;
  const text = JSON.stringify([tls.verify, tls.ca, tls.client, proxy, version, ip]);
  const made = createHash('sha256').update(text).digest('base64');
  hashes.set(spec, made);
  return made;
}
