import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSecretName } from './secrets.ts';

const SECRETS =
  'password password1 Password2 newpassword newPassword new_password passwd pwd pw pass passphrase passcode secret ' +
  'clientsecret client_secret clientSecret token idtoken id_token idToken access_token refreshToken csrf-token ' +
  'authorization Authorization proxy-authorization auth apikey api_key apiKey X-Api-Key api.key key privateKey ' +
  'accessKey aws_secret_access_key sessionid sessionId PHPSESSID JSESSIONID session sid cookie set-cookie jwt jwt2 ' +
  'otp otp_code totp mfa pin sig signature bearer credentials SAMLResponse AMQP_PASSWORD AMQP_URL passwordFile ' +
  'user[password] db.password';
const PLAIN =
  'name jobId routingKey routing_key primaryKey keys columns page limit opinion shipping compass passenger side ' +
  'author authored design monkey position queue path msg hostname sessions error outcome';

describe('a secret is known by its name', () => {
  it.each(SECRETS.split(' '))('%s', (name) => expect(isSecretName(name)).toBe(true));
  it.each(PLAIN.split(' '))('but not %s', (name) => expect(isSecretName(name)).toBe(false));

  it('in every case and with every separator', () => {
    const style = fc.constantFrom(
      (name: string) => name,
      (name: string) => name.toUpperCase(),
      (name: string) => name.replace('-', '_'),
      (name: string) => name.replace('-', ''),
      (name: string) => name.replace('-', '.'),
    );
    const parts = fc.constantFrom(
      'client-secret',
      'id-token',
      'api-key',
      'session-id',
      'new-password',
      'access-key',
    );
    fc.assert(
      fc.property(parts, style, fc.nat(99), (name, styled, count) => {
        expect(isSecretName(styled(name))).toBe(true);
        expect(isSecretName(`${styled(name)}${count}`)).toBe(true);
      }),
    );
  });
});
