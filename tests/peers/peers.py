"""Reads files that Tauscope wrote, or writes files for it, with the programs of the field.

Standard input: {"read": [paths]} or {"write": folder}. Standard output: JSON, for each file its shape
(z, y, x), numpy type, SHA-256 of its little-endian voxels, edge lengths (x, y, z) and unit, null where
it states none.
"""

import gzip
import hashlib
import json
import os
import sys
import zipfile

import h5py
import nibabel
import numpy
import tifffile
import zarr


def facts(data, edges, unit):
    data = numpy.ascontiguousarray(data)
    little = data.astype(data.dtype.newbyteorder('<'))
    return {
        'shape': list(data.shape),
        'type': data.dtype.newbyteorder('=').name,
        'sha256': hashlib.sha256(little.tobytes()).hexdigest(),
        'edges': edges,
        'unit': unit,
    }


def read_tiff(path):
    with tifffile.TiffFile(path) as tiff:
        data = tiff.asarray()
        page = tiff.pages[0]
        shape = (len(tiff.pages), page.imagelength, page.imagewidth)
        stated = tiff.imagej_metadata or {}
        edges = unit = None
        if 'unit' in stated:
            unit = stated['unit']
            x, y = (page.tags[name].value for name in ('XResolution', 'YResolution'))
            edges = [x[1] / x[0], y[1] / y[0], stated['spacing']]
        return facts(data.reshape(shape), edges, unit)


def read_zarr(path):
    """The array `0` by the words of the Zarr 3 and OME-NGFF 0.5 specifications."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        group = json.loads(archive.read('zarr.json'))
        array = json.loads(archive.read('0/zarr.json'))
        assert group['zarr_format'] == array['zarr_format'] == 3
        assert [codec['name'] for codec in array['codecs']] == ['bytes', 'gzip']
        shape = array['shape']
        chunk = array['chunk_grid']['configuration']['chunk_shape']
        kind = numpy.dtype(array['data_type']).newbyteorder('<')
        data = numpy.zeros(shape, kind)
        for index in numpy.ndindex(*[-(-n // c) for n, c in zip(shape, chunk)]):
            packed = archive.read('0/c/' + '/'.join(map(str, index)))
            block = numpy.frombuffer(gzip.decompress(packed), kind).reshape(chunk)
            place = tuple(slice(i * c, min((i + 1) * c, n)) for i, c, n in zip(index, chunk, shape))
            data[place] = block[tuple(slice(0, s.stop - s.start) for s in place)]
    image = group['attributes']['ome']['multiscales'][0]
    units = {axis.get('unit') for axis in image['axes']}
    assert [axis['name'] for axis in image['axes']] == ['z', 'y', 'x'] and len(units) == 1
    unit = units.pop()
    scale = image['datasets'][0]['coordinateTransformations'][0]['scale']
    return facts(data, None if unit is None else scale[::-1], unit)


def read(path):
    return read_zarr(path) if path.endswith('.zip') else read_tiff(path)


def write(folder):
    grey = (numpy.arange(5 * 6 * 7) * 37 % 5000).astype('uint16').reshape(5, 6, 7)
    real = numpy.sin(grey.astype('float32'))
    written = {}

    def path(name):
        return os.path.join(folder, name)

    resolution = (1 / 0.5, 1 / 0.25)
    spacing = {'axes': 'ZYX', 'spacing': 2.0, 'unit': 'um'}
    for name, data in (('imagej-uint16.tif', grey), ('imagej-float32.tif', real)):
        tifffile.imwrite(path(name), data, imagej=True, resolution=resolution, metadata=spacing)
        written[name] = facts(data, [0.5, 0.25, 2.0], 'µm')
    tifffile.imwrite(path('big.tif'), grey, bigtiff=True, byteorder='>')
    written['big.tif'] = facts(grey, None, None)
    tifffile.imwrite(path('zlib.tif'), grey, compression='zlib', tile=(16, 16))
    written['zlib.tif'] = facts(grey, None, None)
    ome = {'axes': 'ZYX'}
    for axis, edge in (('X', 0.5), ('Y', 0.25), ('Z', 2.0)):
        ome['PhysicalSize' + axis] = edge
        ome['PhysicalSize%sUnit' % axis] = 'µm'
    tifffile.imwrite(path('made.ome.tif'), real, ome=True, metadata=ome)
    written['made.ome.tif'] = facts(real, [0.5, 0.25, 2.0], 'µm')

    # nibabel's axes are x, y, z.
    image = nibabel.Nifti1Image(grey.T, numpy.diag([0.5, 0.25, 2.0, 1]))
    image.header.set_xyzt_units('mm')
    for name in ('made.nii', 'made.nii.gz'):
        nibabel.save(image, path(name))
        written[name] = facts(grey, [0.5, 0.25, 2.0], 'mm')

    with h5py.File(path('made.h5'), 'w') as file:
        data = file.create_dataset('exchange/data', data=real, chunks=(2, 3, 7), compression='gzip')
        data.attrs['element_size_um'] = [2.0, 0.25, 0.5]
    written['made.h5'] = facts(real, [0.5, 0.25, 2.0], 'µm')

    store = zarr.ZipStore(path('made.zarr.zip'), mode='w')
    zarr.array(real, chunks=(2, 3, 4), store=store)
    store.close()
    written['made.zarr.zip'] = facts(real, None, None)
    numpy.save(path('made.npy'), real)
    written['made.npy'] = facts(real, None, None)
    numpy.savez_compressed(path('made.npz'), real)
    written['made.npz'] = facts(real, None, None)
    return written


task = json.load(sys.stdin)
answer = write(task['write']) if 'write' in task else {each: read(each) for each in task['read']}
json.dump(answer, sys.stdout)
