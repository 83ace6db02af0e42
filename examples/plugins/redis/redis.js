// @ts-check
// A kind of probe of its own: asks a Redis server for PONG and, where it is wanted, how it is. Speaks
// as much RESP2 as that takes, reads no more than 64 KiB, and sends nothing that changes anything.

/** @import { Fault } from '@holdfast/kernel' */
/** @import { ByteStream, Observation, PluginContext, PluginProber } from '@holdfast/probing/plugin' */
/** @typedef {{ type: 'text' | 'error', text: string }} Reply */
/** @typedef {{ replies: Reply[], fault?: Fault }} Talk */

const PORT = 6379;
const BYTES_MAX = 64 * 1024;
const SHOWN_LENGTH_MAX = 200;
/** Names under `with`, and what each has to be. */
const OPTIONS = new Map([
  ['username', 'string'],
  ['password', 'string'],
  ['info', 'boolean'],
]);

/** @type {PluginProber} */
export const prober = {
  kind: 'redis',
  schemes: ['redis', 'rediss'],
  targetExample: 'redis://cache.example:6379',
  schema: { '~standard': { validate: (options) => ({ issues: issuesOf(options) }) } },
  async measure(spec, context) {
    const { username, password, info } = spec.options;
    const commands = [['PING']];
    if (typeof password === 'string') {
      const filled = await context.secrets.fill(password);
      if (!filled.ok) return observation(context, {}, filled.fault);
      commands.unshift(['AUTH', ...(typeof username === 'string' ? [username] : []), filled.value]);
    }
    if (info === true) commands.push(['INFO']);
    const stream = await context.connect(destinationOf(spec.target));
    if (!stream.ok) return observation(context, {}, stream.fault);
    const { replies, fault } = await talk(stream.value, commands, context);
    const detail = info === true ? infoOf(replies[commands.length - 1]) : {};
    return observation(context, detail, fault ?? faultOf(replies, commands, context));
  },
};

/** @type {(context: PluginContext, detail: Observation['detail'], fault?: Fault) => Observation} */
function observation({ log, facts }, detail, fault) {
  log.end();
  const { phases } = log;
  const made = { totalMs: log.totalMs(), phases, context: facts, detail };
  return fault === undefined ? made : { ...made, fault };
}

/** @param {unknown} options */
function issuesOf(options) {
  if (typeof options !== 'object' || options === null) return [{ message: 'must be an object' }];
  return Object.entries(options).flatMap(([name, value]) => {
    const type = OPTIONS.get(name);
    if (type === undefined) return [{ path: [name], message: 'is not an option of redis' }];
    return typeof value === type ? [] : [{ path: [name], message: `must be a ${type}` }];
  });
}

/** @param {string} target */
function destinationOf(target) {
  const { protocol, hostname, port } = new URL(
    target.includes('://') ? target : `redis://${target}`,
  );
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port || PORT),
    secure: protocol === 'rediss:',
  };
}

/**
 * Sends all commands at once and reads one reply for each. An abort closes the socket.
 * @type {(stream: ByteStream, commands: string[][], context: PluginContext) => Promise<Talk>}
 */
function talk(stream, commands, { log, fault }) {
  return new Promise((resolve) => {
    let heard = Buffer.alloc(0);
    /** @param {Talk['fault']} [failure] */
    const end = (failure) => {
      const { replies } = read(heard);
      resolve(failure === undefined ? { replies } : { replies, fault: failure });
    };
    stream.receive = (bytes) => {
      if (log.running !== 'transfer') log.begin('transfer');
      heard = Buffer.concat([heard, bytes]);
      const { replies, problem } = read(heard);
      if (problem !== undefined) end(fault('PROTOCOL_INVALID_ANSWER', problem, 'transfer'));
      else if (replies.length >= commands.length) end();
      else if (heard.length > BYTES_MAX) {
        const message = `The answer is not whole after ${BYTES_MAX} bytes.`;
        end(fault('PROTOCOL_LIMIT_EXCEEDED', message, 'transfer'));
      }
    };
    const onClose = () =>
      end(fault('PROTOCOL_CLOSED_EARLY', 'The server closed before it had answered.', log.running));
    stream.socket.on('end', onClose).on('close', onClose);
    stream.socket.on('error', ({ message }) =>
      end(fault('CONNECT_RESET', `The connection broke: ${message}.`, log.running)),
    );
    log.begin('write');
    stream.socket.write(Buffer.concat(commands.map(encode)));
    log.begin('wait');
  });
}

/** A command as RESP wants it: an array of bulk strings. @param {string[]} words */
function encode(words) {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return Buffer.from(`*${words.length}\r\n${parts.join('')}`);
}

/**
 * The replies that are whole, and what is wrong with the next one.
 * @param {Buffer} bytes
 * @returns {{ replies: Reply[], problem?: string }}
 */
function read(bytes) {
  /** @type {Reply[]} */
  const replies = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\r\n', at);
    if (end < 0) break;
    const [mark = '', text] = [
      String.fromCharCode(bytes[at] ?? 0),
      bytes.toString('utf8', at + 1, end),
    ];
    at = end + 2;
    if (mark === '+' || mark === '-') {
      replies.push({ type: mark === '+' ? 'text' : 'error', text });
    } else if (mark === '$' && /^\d{1,6}$/.test(text)) {
      const length = Number(text);
      if (bytes.length < at + length + 2) break;
      replies.push({ type: 'text', text: bytes.toString('utf8', at, at + length) });
      at += length + 2;
    } else {
      const line = JSON.stringify(`${mark}${text}`.slice(0, SHOWN_LENGTH_MAX));
      return { replies, problem: `This is not what a Redis server says: ${line}.` };
    }
  }
  return { replies };
}

/** @type {(replies: Reply[], commands: string[][], context: PluginContext) => Fault | undefined} */
function faultOf(replies, commands, { fault }) {
  const at = replies.findIndex(({ type }) => type === 'error');
  if (at >= 0) {
    const text = (replies[at]?.text ?? '').slice(0, SHOWN_LENGTH_MAX);
    const message = `The server answered ${commands[at]?.[0]} with: ${text}`;
    if (/^(LOADING|MASTERDOWN|CLUSTERDOWN|BUSY)\b/.test(text)) {
      return fault('SERVER_NOT_SERVING', message);
    }
    const isRefused =
      /^(NOAUTH|WRONGPASS|NOPERM|DENIED)\b/.test(text) || commands[at]?.[0] === 'AUTH';
    return fault(isRefused ? 'REFUSED_BY_SERVER' : 'SERVER_FAILED', message);
  }
  const pong = replies[commands.findIndex(([name]) => name === 'PING')]?.text;
  if (pong === 'PONG') return undefined;
  return fault('PROTOCOL_INVALID_ANSWER', `PING was answered with ${JSON.stringify(pong)}.`);
}

/** What INFO says that an operator asks first. @param {Reply | undefined} reply */
function infoOf(reply) {
  /** @type {Record<string, unknown>} */
  const detail = {};
  if (reply?.type !== 'text') return detail;
  for (const line of reply.text.split('\r\n')) {
    const [, name = '', value = ''] = /^([a-z_]+):(.*)$/.exec(line) ?? [];
    if (name === 'role' || name === 'redis_version')
      detail[name] = value.slice(0, SHOWN_LENGTH_MAX);
    if (name === 'connected_clients') detail[name] = Number(value);
    if (name === 'loading') detail[name] = value === '1';
  }
  return detail;
}
