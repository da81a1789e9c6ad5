import * as React from "react";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of an element in whole pixels, kept up to date; 0 by 0 until it is laid out. */
export function useSize(): [React.RefCallback<HTMLElement>, Size] {
  const [size, setSize] = React.useState<Size>({ width: 0, height: 0 });
  const observer = React.useRef<ResizeObserver | null>(null);
  const ref = React.useCallback((element: HTMLElement | null) => {
    observer.current?.disconnect();
    if (element === null) return;
    const measure = () => {
      const [width, height] = [Math.floor(element.clientWidth), Math.floor(element.clientHeight)];
      setSize((known) => (known.width === width && known.height === height ? known : { width, height }));
    };
    measure();
    observer.current = new ResizeObserver(measure);
    observer.current.observe(element);
  }, []);
  return [ref, size];
}
