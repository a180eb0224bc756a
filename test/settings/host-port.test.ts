import { describe, expect, it } from 'vitest';
import { hostPort } from '../../src/settings/host-port.ts';

describe('an address to connect to', () => {
  it.each(['127.0.0.1:9464', 'localhost:1', 'scanner.example.com:65535', '[::1]:80', 'a_b:8080'])(
    'is %s',
    (text) => {
      expect(hostPort.parse(text)).toBe(text);
      expect(hostPort.format(text)).toBe(text);
    },
  );

  it.each([
    ...['', 'localhost', '9464', ':9464', 'localhost:', 'localhost:0', 'localhost:65536', 'localhost:x'],
    ...[
      '::1:80',
      '[:::]:80',
      'http://localhost:80',
      'localhost:80/',
      'user@localhost:80',
      'a b:80',
      'a?b:80',
    ],
  ])('is not "%s"', (text) => {
    expect(hostPort.parse(text)).toBeUndefined();
  });
});
