/** Numbers from a byte range in either byte order, every read checked against the range's end. */

/** Thrown when a read goes past the end; readers turn it into an error that names the place. */
export class ByteRangeError extends Error {
  override readonly name = 'ByteRangeError';
  readonly position: number;
  readonly missing: number;

  constructor(position: number, missing: number) {
    super(`${missing} bytes are missing at byte ${position}`);
    this.position = position;
    this.missing = missing;
  }
}

export class ByteCursor {
  position = 0;
  readonly littleEndian: boolean;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, littleEndian: boolean) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.littleEndian = littleEndian;
  }

  get remaining(): number {
    return this.#bytes.byteLength - this.position;
  }

  seek(position: number): void {
    if (!(position >= 0 && position <= this.#bytes.byteLength)) {
      throw new ByteRangeError(position, position - this.#bytes.byteLength);
    }
    this.position = position;
  }

  skip(count: number): void {
    this.seek(this.position + count);
  }

  /** The next `count` bytes, without a copy. */
  bytes(count: number): Uint8Array {
    const start = this.#advance(count);
    return this.#bytes.subarray(start, start + count);
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  int8(): number {
    return this.#view.getInt8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), this.littleEndian);
  }

  int16(): number {
    return this.#view.getInt16(this.#advance(2), this.littleEndian);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), this.littleEndian);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), this.littleEndian);
  }

  /** An unsigned 64-bit integer as a number: rounded above 2^53. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), this.littleEndian));
  }

  /** A signed 64-bit integer as a number: rounded outside ±2^53. */
  int64(): number {
    return Number(this.#view.getBigInt64(this.#advance(8), this.littleEndian));
  }

  float32(): number {
    return this.#view.getFloat32(this.#advance(4), this.littleEndian);
  }

  float64(): number {
    return this.#view.getFloat64(this.#advance(8), this.littleEndian);
  }

  /** The next `count` bytes as Latin-1 text, which never fails. */
  latin1(count: number): string {
    const bytes = this.bytes(count);
    let text = '';
    for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i] ?? 0);
    return text;
  }

  #advance(count: number): number {
    const start = this.position;
    if (!(count >= 0 && count <= this.remaining)) {
      throw new ByteRangeError(start, count - this.remaining);
    }
    this.position = start + count;
    return start;
  }
}
