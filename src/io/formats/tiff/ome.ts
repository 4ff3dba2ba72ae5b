/** What a volume needs of OME-XML: sizes, voxel size and which page holds which slice. */
import { scanXmlTags } from './xml.ts';

export interface OmeDescription {
  readonly images: number;
  readonly sizeX: number;
  readonly sizeY: number;
  readonly sizeZ: number;
  readonly sizeC: number;
  readonly sizeT: number;
  readonly physicalSize: readonly [number | null, number | null, number | null];
  /** Units as written; OME's default is µm. */
  readonly physicalUnit: readonly [string, string, string];
  readonly planes: readonly OmePlanes[];
  /** Other files that hold parts of this image. */
  readonly otherFiles: readonly string[];
}

/** `count` planes from slice `firstZ` on lie on pages `firstPage`, `firstPage + 1`, … (from 0). */
export interface OmePlanes {
  readonly firstPage: number;
  readonly firstZ: number;
  readonly count: number | null;
}

/** Whether the first element of a text is `OME`. */
export function isOmeXml(text: string): boolean {
  if (!text.trimStart().startsWith('<')) return false;
  let root = '';
  scanXmlTags(text.slice(0, 65_536), ({ name }) => {
    root = name;
    return false;
  });
  return root === 'OME';
}

/** Null where the text is not OME-XML or breaks off before the image's sizes. */
export function parseOmeDescription(text: string): OmeDescription | null {
  if (!isOmeXml(text)) return null;
  let images = 0;
  let pixels: ReadonlyMap<string, string> | null = null;
  const planes: OmePlanes[] = [];
  const otherFiles = new Set<string>();
  let inFirst = false;
  scanXmlTags(text, ({ name, attributes }) => {
    const whole = (key: string, fallback: number): number => {
      const value = Number(attributes.get(key) ?? fallback);
      return Number.isSafeInteger(value) && value >= 0 ? value : fallback;
    };
    if (name === 'Image') {
      images++;
      inFirst = images === 1;
    } else if (name === 'Pixels' && inFirst) {
      pixels ??= attributes;
    } else if (name === 'TiffData' && inFirst) {
      const count = attributes.has('PlaneCount') ? whole('PlaneCount', 1) : null;
      planes.push({
        firstPage: whole('IFD', 0),
        firstZ: whole('FirstZ', 0),
        count: count ?? (attributes.has('IFD') ? 1 : null),
      });
    } else if (name === 'UUID' && inFirst) {
      const file = attributes.get('FileName');
      if (file !== undefined && otherFiles.size < 1000) otherFiles.add(file);
    }
    return true;
  });
  if (pixels === null) return null;
  const attributes: ReadonlyMap<string, string> = pixels;
  const size = (key: string): number => {
    const value = Number(attributes.get(key) ?? 1);
    return Number.isSafeInteger(value) && value >= 1 ? value : 1;
  };
  const length = (key: string): number | null => {
    const value = attributes.get(key);
    return value === undefined || value.trim() === '' ? null : Number(value);
  };
  const unit = (key: string): string => attributes.get(key) ?? 'µm';
  return {
    images,
    sizeX: size('SizeX'),
    sizeY: size('SizeY'),
    sizeZ: size('SizeZ'),
    sizeC: size('SizeC'),
    sizeT: size('SizeT'),
    physicalSize: [length('PhysicalSizeX'), length('PhysicalSizeY'), length('PhysicalSizeZ')],
    physicalUnit: [unit('PhysicalSizeXUnit'), unit('PhysicalSizeYUnit'), unit('PhysicalSizeZUnit')],
    planes,
    otherFiles: [...otherFiles],
  };
}
