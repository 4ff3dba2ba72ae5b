/** Headers of VGSTUDIO and of Nikon for 3 × 2 × 2 voxels of 16 bits. */

export const VGI = `{volume1}
[representation]
Size = 3 2 2
Datatype = unsigned integer
BitsPerElement = 16
[file1]
SkipHeader = 4
FileType = raw
Size = 3 2 2
Name = scan.vol
[geometry]
resolution = 0.0025 0.0025 0.005
unit = mm
`;

export const XTEKCT = `[XTekCT]
Name=cell
VoxelsX=3
VoxelsY=2
VoxelsZ=2
VoxelSizeX=0.01
VoxelSizeY=0.01
VoxelSizeZ=0.01
OutputBits=16
`;
