/** Told apart from the decoder, which is fetched only for files that need it. */

/** Whether bytes start with the signature of gzip. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}
