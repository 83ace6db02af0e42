// Certificates for servers of one test, made by the system's openssl: an authority, and one certificate
// of it for an address, good for a server and for a client.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Paths of PEM files. */
export interface MadeCertificates {
  ca: string;
  cert: string;
  key: string;
}

const run = promisify(execFile);
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];

/** In a folder of the caller's, who removes it. `name`: the common name, which etcd takes for a user's. */
export async function makeCertificates(
  folder: string,
  address: string,
  name = 'holdfast',
): Promise<MadeCertificates> {
  const at = (file: string) => join(folder, file);
  const authority = ['-keyout', at('ca.key'), '-out', at('ca.pem'), '-subj', '/CN=Test authority'];
  await run('openssl', ['req', '-x509', ...NEW_KEY, ...authority]);
  const wish = ['-keyout', at('key.pem'), '-out', at('wish.pem'), '-subj', `/CN=${name}`];
  await run('openssl', ['req', ...NEW_KEY.slice(0, -2), ...wish]);
  const extensions = `subjectAltName=IP:${address}\nextendedKeyUsage=serverAuth,clientAuth\n`;
  await writeFile(at('extensions'), extensions);
  const signed = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2'];
  const files = ['-in', at('wish.pem'), '-out', at('cert.pem'), '-extfile', at('extensions')];
  await run('openssl', ['x509', '-req', ...signed, ...files]);
  return { ca: at('ca.pem'), cert: at('cert.pem'), key: at('key.pem') };
}
