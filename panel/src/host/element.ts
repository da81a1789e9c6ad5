import * as React from "react";

/** React's function. The build gives it a short name, as the bundle names it a thousand times. */
export const createElement = React.createElement;
