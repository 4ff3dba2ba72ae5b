/** What the browser tells of the device's memory, and what we take of it. */

/** The most that a browser ever tells: this much or more. */
const MOST_TOLD = 8 * 2 ** 30;

/** Memory of the device in bytes as far as the browser tells; it never tells more than 8 GiB. */
export function deviceBytes(): number {
  const told = 'deviceMemory' in navigator ? Number(navigator.deviceMemory) : 4;
  return (Number.isFinite(told) ? told : 4) * 2 ** 30;
}

/** Half of the device for the voxels of all open volumes; not limited where the device may have any. */
export function volumeBudget(): number {
  const bytes = deviceBytes();
  return bytes >= MOST_TOLD ? Number.POSITIVE_INFINITY : bytes / 2;
}

/** A quarter of the device for the results' volumes, before those not shown are given up. */
export function pictureBudget(): number {
  return deviceBytes() / 4;
}
