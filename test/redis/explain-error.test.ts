import { describe, expect, it } from 'vitest';
import { explainRedisError, remedyOf } from '../../src/redis/explain-error.ts';

const own = { NOPERM: 'it may not do this', OOM: 'no room' };
const socketError = (code: string) => Object.assign(new Error(`connect ${code} 10.0.0.1:6379`), { code });

describe('explainRedisError', () => {
  it.each([
    [socketError('ECONNREFUSED'), 'nothing answers there; start Redis or correct the address'],
    [new Error('NOAUTH Authentication required.'), /^it asks for a password/],
    [new Error('NOPERM this user has no permissions'), 'it may not do this'],
    [new Error('ERR DB index is out of range'), /^the server has no database of this number/],
    [new Error('MOVED 3999 127.0.0.1:6381'), /give the address of that one: 127\.0\.0\.1:6381$/],
    [new Error('MOVED 3999 fd00::1:6381'), /give the address of that one: \[fd00::1\]:6381$/],
    [new Error('MOVED 3999 :6381'), /give the address of that one: the port 6381 of this host$/],
    [new Error('CROSSSLOT Keys in request'), /the same part in braces/],
    [new Error('Connection is closed.'), /^it closed the connection; .*rediss:/],
    [new Error('Socket timeout. Expecting data'), /^no answer in time/],
    [new Error("ERR ACL failure in script: User x can't run 'xadd'"), 'it may not do this'],
    [socketError('ERR_TLS_CERT_ALTNAME_INVALID'), /^its certificate is for another host/],
    [socketError('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), /NODE_EXTRA_CA_CERTS/],
    [socketError('ERR_SSL_WRONG_VERSION_NUMBER'), /^it does not speak TLS on this port/],
    [new Error("ERR unknown command 'XADD', with args beginning with: 's' 'S3CRET'"), /^ERR unknown command/],
  ])('says of %s what helps', (error, says) => {
    expect(explainRedisError(error, own)).toEqual(
      typeof says === 'string' ? says : expect.stringMatching(says),
    );
    expect(explainRedisError(error, own)).not.toMatch(/S3CRET|10\.0\.0\.1/);
  });

  it('knows no remedy of what is not foreseen', () => {
    expect(remedyOf(new Error('ERR unknown'), own)).toBeUndefined();
    expect(remedyOf(new Error('OOM command not allowed'), own)).toBe('no room');
    expect(remedyOf(new Error('OOM command not allowed'), {})).toBeUndefined();
  });
});
