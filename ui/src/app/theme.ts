import { type CSSVariablesResolver, Notification, createTheme } from '@mantine/core';

/** Calm, with one accent. Shades are chosen so that text on them passes WCAG AA in light and dark. */
export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 9, dark: 8 },
  colors: {
    teal: ['#e3f7fa', '#cdeef3', '#9edde6', '#6ccbd9', '#45bbcd', '#2bb1c6', '#17a9c0', '#0e8ea3', '#0b7285', '#0a6273'],
  },
  fontFamily: 'Inter, "Segoe UI", system-ui, -apple-system, sans-serif',
  headings: { fontWeight: '650' },
  defaultRadius: 'md',
  autoContrast: true,
  cursorType: 'pointer',
  components: { Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }) },
});

/** Mantine's dimmed and placeholder texts are too faint for WCAG AA. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: { '--mantine-color-dimmed': '#5c636b', '--mantine-color-placeholder': '#6b7280' },
  dark: { '--mantine-color-dimmed': '#a6adb5', '--mantine-color-placeholder': '#9aa1a9' },
});
