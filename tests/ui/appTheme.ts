/** The part of the App's theme that the panel uses (FiftyOne 1.22). */
import { experimental_extendTheme as extendTheme } from "@mui/material";

const gray = (lightness: number) => `hsl(200, 0%, ${lightness}%)`;
const ORANGE = "hsl(25, 100%, 51%)";

export const APP_THEME = extendTheme({
  cssVarPrefix: "fo",
  typography: { fontFamily: "Palanquin, sans-serif", button: { textTransform: "none" } },
  colorSchemes: {
    light: {
      palette: {
        background: { default: gray(98), paper: "#fff", level1: gray(95), level2: gray(98), mediaSpace: gray(98), tooltip: gray(100) },
        divider: gray(80),
        primary: { main: ORANGE },
        secondary: { main: gray(30) },
        error: { main: "hsl(0, 87%, 53%)" },
        text: { primary: gray(0), secondary: gray(30) },
      } as object,
    },
    dark: {
      palette: {
        background: { default: gray(10), paper: gray(10), level1: gray(20), level2: gray(10), mediaSpace: gray(10), tooltip: gray(5) },
        divider: gray(20),
        primary: { main: ORANGE },
        secondary: { main: gray(70) },
        error: { main: "hsl(0, 87%, 53%)" },
        text: { primary: gray(100), secondary: gray(70) },
      } as object,
    },
  },
  components: {
    MuiButtonBase: { defaultProps: { disableRipple: true } },
    MuiButton: { variants: [{ props: { variant: "contained" }, style: { color: "#ffffff" } }] },
    MuiSlider: { styleOverrides: { root: { ".MuiSlider-thumb": { transform: "translate(-50%, -50%)", top: "50%" } } } },
    MuiDialog: { styleOverrides: { paper: { backgroundImage: "none" } } },
  },
});
