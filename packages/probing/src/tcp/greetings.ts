// How servers greet, as a table: the first entry that fits is the answer, so the certain ones stand
// before those that guess by a word. Texts are latin1 and short; every expression is linear on them.

export interface Greeting {
  protocol: string;
  /** Groups `product` and `version` are taken when they are there. */
  says: RegExp;
  /** Looked for in the whole greeting; the first that fits counts, and its group `version`. */
  products?: readonly (readonly [says: RegExp, product: string])[];
}

const MAIL_SERVERS = [
  [/Postfix/, 'Postfix'],
  [/Exim (?<version>[\d.]{1,20})/, 'Exim'],
  [/Sendmail (?<version>[\d./]{1,20})/, 'Sendmail'],
  [/Microsoft ESMTP MAIL Service(?:, Version: (?<version>[\d.]{1,20}))?/, 'Microsoft Exchange'],
  [/OpenSMTPD/, 'OpenSMTPD'],
  [/Haraka(?:\/| )?(?<version>[\d.]{0,20})/, 'Haraka'],
] as const;
const FILE_SERVERS = [
  [/vsFTPd (?<version>[\d.]{1,20})/, 'vsFTPd'],
  [/ProFTPD (?<version>\d[\w.]{0,20})/, 'ProFTPD'],
  [/ProFTPD/, 'ProFTPD'],
  [/Pure-FTPd/, 'Pure-FTPd'],
  [/FileZilla Server (?:version )?(?<version>[\d.]{1,20})/, 'FileZilla Server'],
  [/Microsoft FTP Service/, 'Microsoft FTP Service'],
] as const;
const MAILBOX_SERVERS = [
  [/Dovecot/, 'Dovecot'],
  [/Courier/, 'Courier'],
  [/Cyrus (?:IMAP|POP3) v?(?<version>[\w.]{1,20})/, 'Cyrus'],
  [/Microsoft Exchange/, 'Microsoft Exchange'],
  [/Gimap|Gpop/, 'Gmail'],
] as const;

export const GREETINGS: readonly Greeting[] = [
  {
    // RFC 4253 section 4.2: other lines may come before it.
    protocol: 'ssh',
    says: /(?:^|\n)SSH-[\d.]{1,8}-(?<product>[A-Za-z][A-Za-z\d]{0,40})(?:[_-](?<version>[\w.]{1,40}))?/,
  },
  { protocol: 'ssh', says: /(?:^|\n)SSH-[\d.]{1,8}-/ },
  // A packet of 3 bytes of length, number 0 and protocol 10; MariaDB hides behind an old version.
  {
    protocol: 'mysql',
    says: /^[\s\S]{3}\0\n(?:5\.5\.5-)?(?<version>\d[\d.]{0,20})-MariaDB/,
    products: [[/MariaDB/, 'MariaDB']],
  },
  {
    protocol: 'mysql',
    says: /^[\s\S]{3}\0\n(?<version>\d[\d.]{0,20})[^\0]{0,100}\0/,
    products: [[/^/, 'MySQL']],
  },
  {
    protocol: 'mysql',
    says: /^[\s\S]{3}\0\xff[\s\S]{2}/,
    products: [
      [/MariaDB server/, 'MariaDB'],
      [/MySQL server/, 'MySQL'],
    ],
  },
  { protocol: 'vnc', says: /^RFB (?<version>\d{3}\.\d{3})\n/ },
  { protocol: 'telnet', says: /^\xff[\xfb-\xfe]/ },
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an alert or a handshake begins so.
  { protocol: 'tls', says: /^[\x15\x16]\x03[\0-\x04]/ },
  { protocol: 'amqp', says: /^AMQP\0\0/ },
  { protocol: 'postgresql', says: /^E[\s\S]{4}S(?:FATAL|ERROR|PANIC)\0/ },
  {
    protocol: 'http',
    says: /^HTTP\/(?<version>\d(?:\.\d)?) \d{3}/,
    products: [
      [/\r?\n[Ss]erver: nginx/, 'nginx'],
      [/\r?\n[Ss]erver: Apache/, 'Apache'],
    ],
  },
  {
    protocol: 'redis',
    says: /^-(?:DENIED|NOAUTH|LOADING|MISCONF|NOPERM|MASTERDOWN|CLUSTERDOWN|ERR max number of clients)\b/,
  },
  { protocol: 'nats', says: /^INFO \{[^\n]{0,400}"version":"(?<version>[\w.-]{1,40})"/ },
  { protocol: 'rsync', says: /^@RSYNCD: (?<version>[\d.]{1,10})/ },
  { protocol: 'svn', says: /^\( success \( \d/ },
  { protocol: 'sieve', says: /^"IMPLEMENTATION" "(?<product>[^"\n]{1,64})"/ },
  { protocol: 'imap', says: /^\* (?:OK|PREAUTH|BYE)\b/, products: MAILBOX_SERVERS },
  { protocol: 'pop3', says: /^\+OK\b/, products: MAILBOX_SERVERS },
  { protocol: 'pop3', says: /^-ERR\b[^\n]{0,100}(?:POP|Dovecot)/, products: MAILBOX_SERVERS },
  { protocol: 'nntp', says: /^20[01][ -][^\n]{0,200}(?:NNTP|InterNetNews|INN)\b/ },
  // Both greet with 220 and give way with 421; only what else they say tells them apart.
  {
    protocol: 'ftp',
    says: /^(?:220|421)[ -][\s\S]{0,400}(?:FTP|FileZilla)/i,
    products: FILE_SERVERS,
  },
  {
    protocol: 'smtp',
    says: /^(?:220|421|554)[ -][\s\S]{0,400}(?:SMTP|Postfix|Exim|Sendmail)/i,
    products: MAIL_SERVERS,
  },
];
