declare module 'hpack.js' {
  interface Decompressor {
    write(block: Buffer): boolean
    /** Without a callback: at once; errors are emitted, and so thrown where nobody listens. */
    execute(): void
    read(): { name: string; value: string } | null
  }
  /** Node finds no named exports in it. */
  const hpack: { decompressor: { create(options: { table: { maxSize: number } }): Decompressor } }
  export = hpack
}
