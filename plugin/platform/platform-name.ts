/** Where sites run: the words of --platform. */
export type PlatformName = 'kubernetes' | 'linux'
