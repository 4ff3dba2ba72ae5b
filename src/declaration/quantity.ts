/** What the grey values of a volume are, where they are no measured intensities: plain data. */
export interface Quantity {
  /** As a scalar bar names it: "c / c₀". */
  readonly symbol: string;
  /** In words: "concentration". */
  readonly title: string;
  /** '' for plain numbers. */
  readonly unit: string;
  /** The value of voxels that have none: views show nothing there. */
  readonly outside: number;
}
