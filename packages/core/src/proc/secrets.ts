// SPDX-License-Identifier: Apache-2.0
// What must not appear on a screen or in a ticket. Rather masked once too often: whoever needs the
// value can read it from the process as we did.

export const MASK = '********';

// Anywhere in a name.
const SECRET_PARTS =
  /TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|API_?KEY|PRIVATE|COOKIE|BEARER|JWT|SIGNATURE|SESSION|CONNECTION_?STRING|CONN_?STR/i;
// As a word of a name: KEY but not KEYBOARD, AUTH but not AUTHOR.
const SECRET_WORDS =
  /(^|[_.\-:]|[a-z](?=[A-Z]))(KEYS?|PASS|PWD|PW|AUTH|AUTHORIZATION|DSN|SALT|HEADERS?|LICENSE|PIN|OTP)($|[_.\-:\d])/i;
// Names that match and hold no secret. PWD is the working directory.
const HARMLESS =
  /^(PWD|OLDPWD|SSH_AUTH_SOCK|XAUTHORITY|XDG_SESSION_\w+|DBUS_SESSION_\w+|SESSION_MANAGER|GPG_AGENT_INFO|DESKTOP_SESSION)$/;

// scheme://user:password@host, the password being anything without a slash or blank.
const URL_PASSWORD = /\b([a-z][a-z0-9+.-]{1,30}:\/\/[^\s:/@]{0,256}):[^\s/@]{1,1024}@/gi;
// scheme://token@host: a lone user part that is as long as tokens are.
const URL_TOKEN = /\b([a-z][a-z0-9+.-]{1,30}:\/\/)[^\s:/@]{20,1024}@/gi;
// `Password=…;` of connection strings, `?token=…&` of URLs, `password=…` anywhere.
const PAIR =
  /((?:^|[\s;,&?'"{(])(?:[\w.-]{0,64}(?:passw(?:or)?d|secret|token|api_?key|access_?key|credential|signature)[\w.-]{0,64}|pwd|sig|key)["']?\s{0,4}[=:]\s{0,4})("[^"]*"|'[^']*'|[^\s;,&"']+)/gi;
const AUTHORIZATION = /\b(authorization["']?\s{0,4}[:=]\s{0,4})(.+)$/gim;
const AUTH_SCHEME = /\b((?:bearer|basic|digest|apikey)\s{1,4})[\w.~+/=-]{6,}/gi;
// Tokens that bear their maker's mark: JWT, AWS, GitHub, Slack, GitLab, Google, Stripe, npm.
const KNOWN_TOKEN =
  /\b(eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|A[KS]IA[0-9A-Z]{16}|gh[pousr]_\w{20,}|github_pat_\w{20,}|xox[abposr]-[\w-]{10,}|glpat-[\w-]{16,}|AIza[\w-]{30,}|[sr]k_(?:live|test)_\w{10,}|npm_\w{30,})/g;
const PEM = /-----BEGIN [A-Z ]{0,64}PRIVATE KEY-----[\s\S]*/g;
const MASKED_TEXT_MAX = 65_536;

/** True when a variable or option of this name holds a secret by all experience. */
export function isSecretName(name: string): boolean {
  if (HARMLESS.test(name)) return false;
  return SECRET_PARTS.test(name) || SECRET_WORDS.test(name);
}

/** The value as it may be shown. */
export function maskVariable(name: string, value: string): string {
  if (value === '') return value;
  if (isSecretName(name)) return MASK;
  return maskText(value);
}

/** Text with passwords in URLs, tokens and random-looking strings masked. */
export function maskText(text: string): string {
  // Longer ones cost time and help nobody on a screen.
  const bounded = text.length > MASKED_TEXT_MAX ? `${text.slice(0, MASKED_TEXT_MAX)}…` : text;
  const marked = bounded
    .replace(PEM, MASK)
    .replace(URL_PASSWORD, `$1:${MASK}@`)
    .replace(URL_TOKEN, `$1${MASK}@`)
    .replace(AUTHORIZATION, `$1${MASK}`)
    .replace(AUTH_SCHEME, `$1${MASK}`)
    .replace(PAIR, `$1${MASK}`)
    .replace(KNOWN_TOKEN, MASK);
  return marked.replace(/[A-Za-z0-9+/_=-]{24,}/g, (word) => (looksRandom(word) ? MASK : word));
}

/**
 * The arguments as they may be shown: also the value after `--password`, `-H "Authorization: …"`,
 * `--token=…`, `-Dsome.password=…`, `NAME=value`.
 */
export function maskArguments(args: readonly string[]): string[] {
  const result: string[] = [];
  let isValueSecret = false;
  for (const arg of args) {
    if (isValueSecret && !arg.startsWith('--')) {
      result.push(MASK);
      isValueSecret = false;
      continue;
    }
    const equals = arg.indexOf('=');
    const name = (equals < 0 ? arg : arg.slice(0, equals)).replace(/^-D?|^--/, '');
    const isOption = arg.startsWith('-');
    const isPlainName = name.length <= 128 && /^-{0,2}[\w.:-]+$/.test(name);
    if (equals > 0 && isPlainName && isSecretName(name)) {
      result.push(`${arg.slice(0, equals + 1)}${MASK}`);
      continue;
    }
    isValueSecret = isOption && equals < 0 && isPlainName && isSecretName(name);
    result.push(maskText(arg));
  }
  return result;
}

/**
 * True for a word that no person types: long, of many different characters, digits among letters,
 * and of high entropy. Paths, versions and hexadecimal IDs of 40 or 64 digits (commits, build IDs,
 * containers) are not.
 */
function looksRandom(word: string): boolean {
  if (word.includes('/') && word.split('/').every((part) => part.length < 20)) return false;
  if (/^[0-9a-f]+$/.test(word)) return word.length === 32 || word.length >= 96;
  const hasDigit = /\d/.test(word);
  const hasUpper = /[A-Z]/.test(word);
  const hasLower = /[a-z]/.test(word);
  if (!(hasDigit && (hasUpper || hasLower))) return false;
  if (!hasUpper && /^[a-z0-9]+([-_][a-z0-9]+)+$/.test(word)) {
    if (word.split(/[-_]/).every((part) => part.length < 20)) return false;
  }
  return entropyBits(word) >= 3.9;
}

/** Shannon entropy of a character of the word, in bits. */
function entropyBits(word: string): number {
  const counts = new Map<string, number>();
  for (const character of word) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) {
    const share = count / word.length;
    bits -= share * Math.log2(share);
  }
  return bits;
}
