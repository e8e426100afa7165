import { createTheme } from '@mantine/core';

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
});
