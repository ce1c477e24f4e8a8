/** What `revoke-access` has done, a line each. */
export function accessRevoked(tokens: number, hadAuthority: boolean): string[] {
  return [
    `${String(tokens)} token${tokens === 1 ? '' : 's'} revoked.`,
    ...(hadAuthority
      ? ['The site gets a new certificate authority: links of other sites end, and need new tokens.']
      : []),
  ]
}
