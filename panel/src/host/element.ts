import * as React from "react";

/** React's function, which the build calls by a short name of its own: it is called a thousand times. */
export const createElement = React.createElement;
