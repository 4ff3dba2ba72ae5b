/** DICOM files of one small image, built element by element for tests. */

type Value = string | number;

export interface DicomParts {
  readonly implicit?: boolean;
  readonly bigEndian?: boolean;
  readonly syntax?: string;
  readonly elements?: Readonly<Record<number, Value>>;
  readonly pixels?: Uint8Array;
}

const SYNTAX = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  big: '1.2.840.10008.1.2.2',
};

/** A file of 3 × 2 pixels with the given elements; numbers are US, text DS, both padded. */
export function dicomBytes(parts: DicomParts = {}): Uint8Array<ArrayBuffer> {
  const little = parts.bigEndian !== true;
  const out: number[] = [...new Uint8Array(128), ...new TextEncoder().encode('DICM')];
  const put = (value: number, width: number, isLittle: boolean): void => {
    for (let i = 0; i < width; i++)
      out.push((value / 2 ** (8 * (isLittle ? i : width - 1 - i))) & 255);
  };
  const element = (
    tag: number,
    form: string,
    value: Uint8Array,
    isLittle: boolean,
    explicit: boolean,
  ): void => {
    put(Math.floor(tag / 65_536), 2, isLittle);
    put(tag % 65_536, 2, isLittle);
    if (explicit) {
      out.push(...new TextEncoder().encode(form));
      if (form === 'OW') {
        out.push(0, 0);
        put(value.length, 4, isLittle);
      } else put(value.length, 2, isLittle);
    } else put(value.length, 4, isLittle);
    out.push(...value);
  };
  const text = (value: string): Uint8Array =>
    new TextEncoder().encode(value.length % 2 === 0 ? value : `${value} `);
  const word = (value: number): Uint8Array =>
    Uint8Array.from(little ? [value & 255, value >> 8] : [value >> 8, value & 255]);
  const syntax =
    parts.syntax ??
    (parts.implicit === true ? SYNTAX.implicit : little ? SYNTAX.explicit : SYNTAX.big);
  element(0x0002_0010, 'UI', text(syntax), true, true);
  const all: Record<number, Value> = {
    0x0020_000e: '1.2.3',
    0x0028_0010: 2,
    0x0028_0011: 3,
    0x0028_0030: '0.5\\0.25',
    0x0028_0100: 16,
    0x0028_0101: 16,
    0x0028_0102: 15,
    0x0028_0103: 0,
    ...parts.elements,
  };
  const explicit = parts.implicit !== true;
  for (const [tag, value] of Object.entries(all).toSorted(([a], [b]) => Number(a) - Number(b))) {
    const bytes = typeof value === 'number' ? word(value) : text(value);
    element(Number(tag), typeof value === 'number' ? 'US' : 'DS', bytes, little, explicit);
  }
  element(0x7fe0_0010, 'OW', parts.pixels ?? pixelsOf(0, little), little, explicit);
  return Uint8Array.from(out);
}

export function pixelsOf(first: number, little = true): Uint8Array {
  const view = new DataView(new ArrayBuffer(12));
  for (let i = 0; i < 6; i++) view.setUint16(2 * i, first + i, little);
  return new Uint8Array(view.buffer);
}
