/** Followed by a site's id: where its routers pass on those who redeem its tokens. */
export const TOKEN_ADDRESS = 'skupper-tokens/'

/** Whether an address is the business of a site's controller, and no service. */
export function isInternalAddress(address: string): boolean {
  return address.startsWith(TOKEN_ADDRESS)
}
