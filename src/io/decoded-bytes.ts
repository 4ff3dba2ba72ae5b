/** The window of a decoded stream that holds the voxels. */

/**
 * Takes decoded bytes: the first `skip` are dropped and the next `out.length` kept. With `skip` -1
 * the last `out.length` bytes are kept, whatever their number.
 */
export class DecodedBytes {
  readonly out: Uint8Array;
  private readonly skip: number;
  private total = 0;

  constructor(out: Uint8Array, skip: number) {
    this.out = out;
    this.skip = skip;
  }

  /** Returns false when no more bytes are wanted; one more than needed is, to notice surplus. */
  take(piece: Uint8Array): boolean {
    if (this.skip === -1) {
      this.takeIntoRing(piece);
    } else {
      const from = Math.max(this.skip - this.total, 0);
      const place = Math.max(this.total - this.skip, 0);
      const room = this.out.length - place;
      if (from < piece.length && room > 0) {
        this.out.set(piece.subarray(from, from + room), place);
      }
    }
    this.total += piece.length;
    return !this.surplus;
  }

  reset(): void {
    this.total = 0;
  }

  /** How many bytes of `out` have been filled. */
  get filled(): number {
    return Math.min(Math.max(this.total - Math.max(this.skip, 0), 0), this.out.length);
  }

  get surplus(): boolean {
    return this.skip !== -1 && this.total > this.skip + this.out.length;
  }

  /** Puts the kept bytes in order; to be called once after the last piece. */
  finish(): void {
    if (this.skip !== -1 || this.total <= this.out.length) return;
    const turn = this.total % this.out.length;
    if (turn === 0) return;
    const head = this.out.slice(0, turn);
    this.out.copyWithin(0, turn);
    this.out.set(head, this.out.length - turn);
  }

  /** Byte k of the stream goes to place k modulo the length. */
  private takeIntoRing(piece: Uint8Array): void {
    const last = piece.subarray(Math.max(piece.length - this.out.length, 0));
    const place = (this.total + piece.length - last.length) % this.out.length;
    const first = last.subarray(0, this.out.length - place);
    this.out.set(first, place);
    this.out.set(last.subarray(first.length), 0);
  }
}
