// Makes a fresh clone ready, on whatever Node ≥ 20 the caller has: installs what the lock file says
// (once per lock file), builds the console when its sources changed, and with --servers brings the
// servers and the browser that the tests use. Plain JavaScript, node core only: it runs before
// anything is installed. It must never run twice at once and never leave a half-made state behind
// that the next run takes for whole.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundledNode } from '../apps/holdfast/bin/bundled-node.js';

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(top, 'node_modules');
const LOCK_WAIT_MS = 600_000;
const LOCK_POLL_MS = 200;

function say(text) {
  process.stderr.write(`holdfast: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}

function run(command, args, options = {}) {
  const done = spawnSync(command, args, {
    cwd: top,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    ...options,
  });
  if (done.status === 0) return;
  process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}`);
  fail(`\`${command} ${args.join(' ')}\` failed (${done.error?.message ?? `exit ${done.status}`})`);
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function* filesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else yield path;
  }
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of [...paths].sort())
    hash.update(path.slice(top.length)).update(readFileSync(path));
  return hash.digest('hex');
}

/** Waits for another run on the same tree; a lock whose owner is gone is taken over. */
function lock() {
  const path = join(top, '.prepare.lock');
  const until = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      process.on('exit', () => rmSync(path, { force: true }));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!alive(Number(read(path)))) rmSync(path, { force: true });
    else if (Date.now() > until) fail(`another run holds ${path}; remove it if that run is dead`);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MS);
  }
}

function alive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return statLockIsFresh();
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** A lock file just made may not hold its number yet. */
function statLockIsFresh() {
  try {
    return Date.now() - statSync(join(top, '.prepare.lock')).mtimeMs < 2_000;
  } catch {
    return false;
  }
}

function install() {
  const manifests = readdirSync(top).includes('packages')
    ? [
        ...filesUnder(join(top, 'packages')),
        ...filesUnder(join(top, 'apps')),
        ...filesUnder(join(top, 'bench')),
      ].filter((path) => path.endsWith('package.json'))
    : [];
  const wanted = hashOf([join(top, 'package-lock.json'), join(top, 'package.json'), ...manifests]);
  const stamp = join(modules, '.holdfast-installed');
  if (read(stamp) === wanted) return;
  say('installing packages (once; about half a minute) …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  linkNode();
  writeFileSync(stamp, wanted);
}

/** npm puts this folder first in the path of `npm run`, so that scripts run on the Node that comes along. */
function linkNode() {
  const node = bundledNode(top);
  if (node === undefined) {
    fail(
      `there is no Node for ${process.platform} ${process.arch} to bring along; supported are Linux and macOS on x64 and arm64, and Windows on x64`,
    );
  }
  const link = join(modules, '.bin', 'node');
  if (process.platform !== 'win32' && !existsSync(link))
    symlinkSync(relative(dirname(link), node), link);
}

function buildConsole() {
  const source = join(top, 'apps', 'console');
  const wanted = hashOf([...filesUnder(source), join(top, 'package-lock.json')]);
  const stamp = join(source, 'dist', '.stamp');
  if (read(stamp) === wanted) return;
  say('building the console …');
  const node = join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  run(
    existsSync(node) ? node : process.execPath,
    [join(modules, 'vite', 'bin', 'vite.js'), 'build'],
    { cwd: source },
  );
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
}

/** Debian package → a program that shows it is there. */
const SERVERS = {
  chromium: '/usr/bin/chromium',
  'fonts-dejavu-core': '/usr/share/fonts/truetype/dejavu',
  'etcd-client': '/usr/bin/etcdctl',
  'etcd-server': '/usr/bin/etcd',
  // Brings `initdb` and `postgres`, in a folder of their version.
  postgresql: '/usr/lib/postgresql',
  // Holds the server's program without the service that `redis-server` would start.
  'redis-tools': '/usr/bin/redis-check-rdb',
};

function bringServers() {
  const missing = Object.entries(SERVERS)
    .filter(([, proof]) => !existsSync(proof))
    .map(([name]) => name);
  if (missing.length === 0) return;
  const names = missing.join(' ');
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) {
    fail(
      `the tests need ${names}: install them (Debian: \`sudo apt-get install ${names}\`) and try again`,
    );
  }
  say(`installing for the tests: ${names} …`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  run('apt-get', ['update', '-qq'], { env: environment });
  if (missing.includes('postgresql')) keepFromMakingCluster();
  const keepSettings = ['-o', 'Dpkg::Options::=--force-confold'];
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...keepSettings, ...missing], {
    env: environment,
  });
}

/** Else the package makes and owns a database of its own. */
function keepFromMakingCluster() {
  const folder = '/etc/postgresql-common';
  const settings = join(folder, 'createcluster.conf');
  if (existsSync(settings)) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(settings, 'create_main_cluster = false\n');
}

lock();
install();
buildConsole();
if (process.argv.includes('--servers')) bringServers();
