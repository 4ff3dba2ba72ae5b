import { describe, expect, it } from 'vitest';
import {
  ascii,
  buildTiff,
  type FixtureField,
  type FixturePage,
  rational,
  repeatPage,
  short,
} from '../../../../tests/support/tiff-fixtures.ts';
import { bytesSource } from '../../sources.ts';
import { tiffFormat } from './format.ts';
import { pixelSize } from './voxel-size.ts';

const DESCRIPTION = 270;
const X = 282;
const Y = 283;
const UNIT = 296;

/** Metadata of a stack whose first page has these fields. */
async function metadataOf(fields: Record<number, FixtureField>, pages = 3) {
  const page: FixturePage = { width: 4, height: 3, values: new Uint8Array(12) };
  const { bytes } = buildTiff([{ ...page, fields }, ...repeatPage(page, pages - 1)]);
  return tiffFormat.readMetadata(bytesSource(bytes, 'made.tif'));
}

/** As ImageJ writes it: millionths of pixels per unit. */
function imageJ(text: string, perUnit: [number, number], unit = 1): Record<number, FixtureField> {
  return {
    [DESCRIPTION]: ascii(`ImageJ=1.53t\nimages=3\nslices=3\n${text}loop=false\n`),
    [X]: rational(...perUnit),
    [Y]: rational(...perUnit),
    [UNIT]: short(unit),
  };
}

const ome = (pixels: string, inside = ''): Record<number, FixtureField> => ({
  [DESCRIPTION]: ascii(
    `<?xml version="1.0" encoding="UTF-8"?><!-- made --><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0" Name="a &lt; b"><Pixels DimensionOrder="XYZCT" SizeX="4" SizeY="3" ${pixels}>${inside}</Pixels></Image></OME>`,
  ),
});

describe('ImageJ description', () => {
  it.each([
    ['\\u00B5m', 'µm', 1],
    ['um', 'µm', 1],
    ['micron', 'µm', 1],
    ['microns', 'µm', 1],
    ['\u00b5m', 'µm', 1],
    ['nm', 'nm', 1],
    ['mm', 'mm', 1],
    ['cm', 'cm', 1],
    ['inch', 'mm', 25.4],
  ] as const)('reads the unit %s', async (written, unit, factor) => {
    const { spacing, spacingSource } = await metadataOf(
      imageJ(`unit=${written}\nspacing=0.5\n`, [4_000_000, 1_000_000]),
    );
    expect(spacing).toEqual({ values: [0.25 * factor, 0.25 * factor, 0.5 * factor], unit });
    expect(spacingSource).toBe('ImageJ description');
  });

  it('undoes the rounding of the resolution', async () => {
    const { spacing } = await metadataOf(
      imageJ('unit=um\nspacing=0.398\n', [2_512_563, 1_000_000]),
    );
    expect(spacing?.values).toEqual([0.398, 0.398, 0.398]);
  });

  it('takes the unit of its own text before that of the resolution tag', async () => {
    const { spacing } = await metadataOf(imageJ('unit=um\nspacing=2\n', [2, 1], 2));
    expect(spacing).toEqual({ values: [0.5, 0.5, 2], unit: 'µm' });
  });

  it('converts an axis with a unit of its own', async () => {
    const { spacing } = await metadataOf(imageJ('unit=um\nzunit=nm\nspacing=750\n', [2, 1]));
    expect(spacing).toEqual({ values: [0.5, 0.5, 0.75], unit: 'µm' });
  });

  it('takes a spacing left out for 1 where the pixels are 1 too', async () => {
    const found = await metadataOf(imageJ('unit=um\n', [1, 1]));
    expect(found.spacing).toEqual({ values: [1, 1, 1], unit: 'µm' });
    expect(found.spacingSource).toContain('means 1');
  });

  it('knows no voxel size where the spacing is left out and the pixels are not 1', async () => {
    const found = await metadataOf(imageJ('unit=um\n', [4, 1]));
    expect(found.spacing).toBeNull();
    expect(found.spacingSource).toBe(
      'not stated: the ImageJ description gives no voxel size along z',
    );
    expect(found.warnings[0]).toContain('ImageJ leaves the distance of the slices out');
    expect(found.tags).toMatchObject({ 'pixel size x': '0.25 µm', 'pixel size y': '0.25 µm' });
  });

  it.each(['', 'unit=pixel\n', 'unit=furlong\n', 'unit=__proto__\n', 'unit=constructor\n'])(
    'knows no voxel size with %j',
    async (text) => {
      const found = await metadataOf(imageJ(`${text}spacing=2\n`, [4, 1]));
      expect(found.spacing).toBeNull();
      expect(found.spacingSource).toMatch(/^not stated: the ImageJ description has/);
    },
  );

  it.each(['0', '-1', 'NaN', 'Infinity', 'two'])('warns of a spacing of %s', async (spacing) => {
    const found = await metadataOf(imageJ(`unit=um\nspacing=${spacing}\n`, [4, 1]));
    expect(found.spacing).toBeNull();
    expect(found.warnings).toHaveLength(1);
    expect(found.warnings[0]).toContain('along z');
  });

  it('warns of a size that leaves the range of numbers', async () => {
    const found = await metadataOf(imageJ('unit=inch\nspacing=1e308\n', [4, 1]));
    expect(found.spacing).toBeNull();
    expect(found.warnings[0]).toContain('along z');
  });

  it('warns of a resolution of zero', async () => {
    const found = await metadataOf(imageJ('unit=um\nspacing=1\n', [0, 1]));
    expect(found.spacing).toBeNull();
    expect(found.warnings[0]).toContain('along x');
  });

  it('places the first voxel by the pixel coordinates of the origin', async () => {
    const page: FixturePage = { width: 4, height: 3, values: new Uint8Array(12) };
    const fields = imageJ('unit=um\nspacing=2\nxorigin=10\nzorigin=-3\n', [2, 1]);
    const { bytes } = buildTiff([{ ...page, fields }, page, page]);
    const { volume } = await tiffFormat.readVolume(bytesSource(bytes, 'made.tif'));
    expect(volume.origin).toEqual([-5, 0, 6]);
  });

  it('reads time frames as slices and says so', async () => {
    const found = await metadataOf({ [DESCRIPTION]: ascii('ImageJ=1.53t\nimages=3\nframes=3\n') });
    expect(found.size).toEqual([4, 3, 3]);
    expect(found.warnings.join()).toContain('read as slices');
  });

  it.each([
    ['channels=3\n', 'channels'],
    ['slices=2\nframes=2\n', 'time frames'],
  ])('refuses %j as a volume', async (text, what) => {
    const images = text.startsWith('c') ? 3 : 4;
    const page: FixturePage = { width: 4, height: 3, values: new Uint8Array(12) };
    const fields = { [DESCRIPTION]: ascii(`ImageJ=1.53t\nimages=${images}\n${text}`) };
    const { bytes } = buildTiff([{ ...page, fields }, ...repeatPage(page, images - 1)]);
    const opened = tiffFormat.readVolume(bytesSource(bytes, 'made.tif'));
    await expect(opened).rejects.toMatchObject({ code: 'volume/not-scalar' });
    await expect(opened).rejects.toThrow(what);
  });
});

describe('OME-XML', () => {
  const size = 'SizeZ="3" SizeC="1" SizeT="1"';

  it('reads physical sizes, in µm unless stated', async () => {
    const found = await metadataOf(
      ome(`${size} PhysicalSizeX="0.25" PhysicalSizeY="0.25" PhysicalSizeZ="0.5"`),
    );
    expect(found.spacing).toEqual({ values: [0.25, 0.25, 0.5], unit: 'µm' });
    expect(found.spacingSource).toBe('OME-XML');
  });

  it('reads units, also as character numbers', async () => {
    const found = await metadataOf(
      ome(
        `${size} PhysicalSizeX="65" PhysicalSizeXUnit="nm" PhysicalSizeY="65" PhysicalSizeYUnit="nm" PhysicalSizeZ="0.2" PhysicalSizeZUnit="&#xb5;m"`,
      ),
    );
    expect(found.spacing?.unit).toBe('nm');
    expect(found.spacing?.values[2]).toBeCloseTo(200, 9);
  });

  it('knows no voxel size without z', async () => {
    const found = await metadataOf(ome(`${size} PhysicalSizeX="0.25" PhysicalSizeY="0.25"`));
    expect(found.spacing).toBeNull();
    expect(found.tags).toMatchObject({ 'pixel size x': '0.25 µm' });
  });

  it('counts channels', async () => {
    const found = await metadataOf(ome('SizeZ="1" SizeC="3" SizeT="1"'));
    expect(found.channels).toBe(3);
    expect(found.size).toEqual([4, 3, 1]);
  });

  it('puts pages in the order of their slices', async () => {
    const inside = [2, 0, 1]
      .map((z, page) => `<TiffData FirstZ="${z}" IFD="${page}" PlaneCount="1"/>`)
      .join('');
    const pages = [20, 0, 10].map((value) => ({
      width: 1,
      height: 1,
      values: Uint8Array.of(value),
    }));
    const { bytes } = buildTiff([
      { ...(pages[0] as FixturePage), fields: ome(size, inside) },
      ...pages.slice(1),
    ]);
    const { volume } = await tiffFormat.readVolume(bytesSource(bytes, 'made.ome.tif'));
    expect(volume.data).toEqual(Uint8Array.of(0, 10, 20));
    expect(volume.name).toBe('made');
  });

  it.each([
    [
      'a document type',
      '<!DOCTYPE OME [<!ENTITY a "b">]><OME><Image><Pixels SizeZ="9"/></Image></OME>',
    ],
    ['deep nesting', `<OME>${'<a>'.repeat(5000)}`],
    ['a broken tag', '<OME><Image><Pixels SizeZ=3'],
    ['many comments', `${'<!---->'.repeat(50_000)}<OM`],
    ['another root', '<NOTOME><Image><Pixels SizeZ="9"/></Image></NOTOME>'],
  ])('gives nothing for %s', async (_, text) => {
    const found = await metadataOf({ [DESCRIPTION]: ascii(text) });
    expect(found.spacing).toBeNull();
    expect(found.size).toEqual([4, 3, 3]);
  });
});

describe('resolution tags', () => {
  it('offer x and y in centimetres but no voxel size', async () => {
    const found = await metadataOf({
      [X]: rational(78_125, 1),
      [Y]: rational(78_125, 1),
      [UNIT]: short(3),
    });
    expect(found.spacing).toBeNull();
    expect(found.tags).toMatchObject({ 'pixel size x': '0.128 µm', 'pixel size y': '0.128 µm' });
    expect(found.warnings).toHaveLength(1);
  });

  it.each([72, 96, 100, 150, 300, 600, 1200, 2400, 4800])(
    'ignore %i pixels per inch, which is for print',
    async (dpi) => {
      const found = await metadataOf({
        [X]: rational(dpi, 1),
        [Y]: rational(dpi, 1),
        [UNIT]: short(2),
      });
      expect(found.spacing).toBeNull();
      expect(found.warnings).toEqual([]);
      expect(found.tags).not.toHaveProperty('pixel size x');
    },
  );

  it('offer x and y from fine inches', async () => {
    const found = await metadataOf({ [X]: rational(25_400, 1), [Y]: rational(25_400, 1) });
    expect(found.tags).toMatchObject({ 'pixel size x': '1 µm' });
  });

  it('say nothing where the unit is none', async () => {
    const found = await metadataOf({ [X]: rational(2, 1), [Y]: rational(2, 1), [UNIT]: short(1) });
    expect(found.spacingSource).toBe('not stated in the file');
  });
});

describe('ImageJ calibration of grey values', () => {
  it('is told and not applied', async () => {
    const found = await metadataOf(imageJ('cf=0\nc0=-32768.0\nc1=1.0\nvunit=Gray Value\n', [1, 1]));
    expect(found.warnings).toContainEqual(expect.stringContaining('-32768 + 1 × the stored value'));
  });

  it.each(['cf=20\n', 'cf=x\nc0=1\n', 'c0=1\nc1=2\n', 'cf=0\nc0=0\nc1=1\n'])(
    'is not told where %j states none',
    async (text) => {
      expect((await metadataOf(imageJ(text, [1, 1]))).warnings).toEqual([]);
    },
  );

  it('is told without a formula where it is no straight line', async () => {
    const found = await metadataOf(imageJ('cf=1\nc0=1\nc1=2\nc2=3\n', [1, 1]));
    expect(found.warnings).toContainEqual(
      expect.stringContaining('a calibration of its grey values'),
    );
  });
});

describe('pixelSize', () => {
  it.each([
    [2_512_563, 1_000_000, 0.398], // ImageJ
    [4_294_967_295, 1_709_396_983, 0.398], // tifffile before 2020
    [15_384, 1_000_000, 65], // ImageJ, nanometres
    [500, 199, 0.398], // exact
    [3, 1, 1 / 3],
    [3717, 1000, 1000 / 3717],
  ])('reads %i / %i as %d', (numerator, denominator, size) => {
    expect(pixelSize(numerator, denominator)).toBe(size);
  });

  it.each([
    [16_253_219, 100_000_000],
    [15_432, 1_000_000], // 64.8: too many digits for so coarse a fraction
    [72, 1],
    [0, 1],
  ])('keeps the size of %i / %i, which is no short decimal', (numerator, denominator) => {
    expect(pixelSize(numerator, denominator)).toBe(denominator / numerator);
  });
});

describe('header text', () => {
  it('is shown without control characters and at most 4 KiB long', async () => {
    const text = `<img onerror=x>\u0007\u001b[31m ${'a'.repeat(10_000)}`;
    const { tags } = await metadataOf({ [DESCRIPTION]: ascii(text) });
    expect(tags['description']).toHaveLength(4096);
    expect(tags['description']?.startsWith('<img onerror=x>[31m a')).toBe(true);
  });
});
