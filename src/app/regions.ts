/** Moves the keyboard focus between the parts of the workbench, as F6 does in desktop programs. */

/** In reading order. */
const REGIONS = ['Volumes', 'Recipe', 'Views', 'Results', 'Histogram', 'Parameters'] as const;

export type RegionName = (typeof REGIONS)[number];

const CONTROLS = 'button:not(:disabled), input:not(:disabled), select, textarea';

function findRegion(name: RegionName): HTMLElement | null {
  return document.querySelector(`main section[aria-label="${name}"]`);
}

/** Where the focus lands: what a region marks as its start, its first control, what scrolls. */
function startOf(region: HTMLElement): HTMLElement | null {
  return (
    region.querySelector<HTMLElement>('[data-focus-start]') ??
    region.querySelector<HTMLElement>('[data-focus-fields] :is(input, select, textarea)') ??
    region.querySelector<HTMLElement>(CONTROLS) ??
    region.querySelector<HTMLElement>('[tabindex="0"]')
  );
}

export function focusRegion(name: RegionName): void {
  const region = findRegion(name);
  if (region !== null) startOf(region)?.focus();
}

export function focusNextRegion(by: 1 | -1): void {
  const shown = REGIONS.filter((name) => findRegion(name) !== null);
  if (shown.length === 0) return;
  const inside = shown.findIndex((name) => findRegion(name)?.contains(document.activeElement));
  const next = inside < 0 ? (by === 1 ? 0 : -1) : (inside + by) % shown.length;
  focusRegion(shown.at(next) as RegionName);
}
