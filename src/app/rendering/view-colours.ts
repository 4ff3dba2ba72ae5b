/** Colours of the slice planes: of their names, of their lines in the other views, in 3-D. */
export const PLANE_COLOURS = { xy: '#5ac8fa', xz: '#8ee071', yz: '#ffb454' } as const;

/** The dark ground of all views in both themes, so that greys look the same; also `--ts-view`. */
export const VIEW_BACKGROUND = '#0b0d0f';
