/** Mantine's theme for a dense desktop program. The colours are CSS variables in `theme.css`. */
import {
  ActionIcon,
  Button,
  createTheme,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  Menu,
  Modal,
  Tooltip,
} from '@mantine/core';

const ACCENT: MantineColorsTuple = [
  '#e8f3fc',
  '#d0e4f6',
  '#a6caeb',
  '#79aee0',
  '#5497d6',
  '#3c87cf',
  '#2272b9',
  '#1765a8',
  '#0f5a99',
  '#084b83',
];

/** Graphite instead of Mantine's neutral greys, in step with the surfaces of `theme.css`. */
const GRAPHITE: MantineColorsTuple = [
  '#e4e8ec',
  '#c3cbd3',
  '#a2adb8',
  '#6b7682',
  '#3a434c',
  '#2d343c',
  '#20252b',
  '#191d21',
  '#14181c',
  '#0f1215',
];

export const THEME = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  colors: { accent: ACCENT, dark: GRAPHITE },
  fontFamily:
    "'Inter', 'Segoe UI', -apple-system, 'Noto Sans', 'Liberation Sans', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, monospace",
  fontSizes: { xs: '11px', sm: '12px', md: '13px', lg: '15px', xl: '18px' },
  lineHeights: { xs: '1.35', sm: '1.4', md: '1.45', lg: '1.45', xl: '1.4' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '2px', sm: '3px', md: '4px', lg: '6px', xl: '8px' },
  defaultRadius: 'sm',
  headings: { fontWeight: '600' },
  cursorType: 'pointer',
  components: {
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray', size: 26 } }),
    Button: Button.extend({ defaultProps: { size: 'xs' } }),
    Menu: Menu.extend({
      // The placeholder would be a child of the menu that is no item of it.
      defaultProps: { shadow: 'md', withinPortal: true, withInitialFocusPlaceholder: false },
    }),
    Modal: Modal.extend({
      defaultProps: {
        centered: true,
        closeButtonProps: { 'aria-label': 'Close' },
        overlayProps: { backgroundOpacity: 0.45 },
        // The page does not scroll, and locking it would write a style element.
        lockScroll: false,
        transitionProps: { duration: 0 },
      },
    }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 350, multiline: true, maw: 300, transitionProps: { duration: 0 } },
    }),
  },
});

/** Points Mantine's own variables at ours, so that every component follows the same surfaces. */
export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': 'var(--ts-panel)',
    '--mantine-color-text': 'var(--ts-text)',
    '--mantine-color-dimmed': 'var(--ts-dim)',
    '--mantine-color-placeholder': 'var(--ts-dim)',
    '--mantine-color-default-border': 'var(--ts-line)',
    '--mantine-color-default': 'var(--ts-field)',
    '--mantine-color-default-hover': 'var(--ts-hover)',
    '--mantine-color-error': 'var(--ts-red)',
  },
  dark: {
    '--mantine-color-body': 'var(--ts-panel)',
    '--mantine-color-text': 'var(--ts-text)',
    '--mantine-color-dimmed': 'var(--ts-dim)',
    '--mantine-color-placeholder': 'var(--ts-dim)',
    '--mantine-color-default-border': 'var(--ts-line)',
    '--mantine-color-default': 'var(--ts-field)',
    '--mantine-color-default-hover': 'var(--ts-hover)',
    '--mantine-color-error': 'var(--ts-red)',
  },
});
