import * as React from "react";

/** Whether an element has ever been near the visible area; always true without `IntersectionObserver`. */
export function useSeen(): [React.RefCallback<HTMLElement>, boolean] {
  const [seen, setSeen] = React.useState(typeof IntersectionObserver === "undefined");
  const observer = React.useRef<IntersectionObserver | null>(null);
  const ref = React.useCallback((element: HTMLElement | null) => {
    observer.current?.disconnect();
    if (element === null || typeof IntersectionObserver === "undefined") return;
    observer.current = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
      },
      { rootMargin: "240px" },
    );
    observer.current.observe(element);
  }, []);
  return [ref, seen];
}
