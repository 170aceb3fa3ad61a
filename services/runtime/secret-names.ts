/** Written together, `_`, `-` and `.` left out: what holds one of these is a secret (`newpassword`, `x-api-key`). */
const PARTS =
  /passw|passphrase|passcode|pwd|secret|token|credential|authorization|authentication|apikey|accesskey|privatekey|signingkey|encryptionkey|sharedkey|accountkey|sessionid|sessid|sessionkey|cookie|signature|bearer|jwt|amqpurl|connectionstring/;

/** Secrets only as a word of its own: `pin` is one, `opinion` and `shipping` are not. */
const WORDS = new Set(
  'pass pw auth otp totp hotp mfa pin sid sig session assertion apikey key sas saml samlresponse'.split(' '),
);

/** The word alone is too common inside of names: `routingKey`, `primary_key`. */
const ONLY_ALONE = new Set(['key', 'session']);

/**
 * Whether a value of this name is a secret, of a log field, a query parameter or a header, in whatever style it is
 * written: `password1`, `newPassword`, `client_secret`, `X-Api-Key`, `sessionid`, `jwt`, `otp`. Rather one name too
 * many: what is redacted can still be looked up where it came from, what was logged cannot be taken back.
 */
export function isSecretName(name: string): boolean {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const secret = decide(name);
  // The names of log fields are few; names that a client makes up must not fill the memory.
  if (remembered.size < MOST_REMEMBERED && name.length <= 64) remembered.set(name, secret);
  return secret;
}

const MOST_REMEMBERED = 1000;
const remembered = new Map<string, boolean>();

function decide(name: string): boolean {
  const words = name
    .normalize('NFKC')
    .replace(/([a-z\d])(?=[A-Z])/g, '$1 ')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.replace(/\d+$/, ''))
    .filter((word) => word !== '');
  if (PARTS.test(words.join(''))) return true;
  return words.some((word) => WORDS.has(word) && (words.length === 1 || !ONLY_ALONE.has(word)));
}
