/** One random stream per purpose, so that changing one option leaves every other draw unchanged. */
export const STREAM = {
  diameters: 1,
  shapes: 2,
  positions: 3,
  roughness: 4,
  cracks: 5,
  binder: 6,
  noise: 7,
  badRings: 8,
  ringValues: 9,
  spheres: 10,
} as const;
