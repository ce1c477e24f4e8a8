const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+_'
const TOKEN_LENGTH = 15

/** Fifteen characters for names that must not meet: reply addresses, group correlators. `random` answers 0 up to 1. */
export function randomToken(random: () => number): string {
  return Array.from({ length: TOKEN_LENGTH }, () => ALPHABET.charAt(Math.floor(random() * ALPHABET.length))).join('')
}
