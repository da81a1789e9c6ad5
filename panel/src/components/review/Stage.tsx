import { Box, Skeleton, styled } from "@mui/material";
import * as React from "react";
import type { Picture } from "../../protocol/messages";
import type { ReviewGroup } from "../../protocol/review";
import type { Drawing } from "../../state/review/place";
import type { Fate } from "../../state/review/verdicts";
import { ReviewPicture } from "./ReviewPicture";
import type { Zoom } from "./useZoom";

interface Props {
  /** `null` while they are read. */
  readonly group: ReviewGroup | null;
  readonly fates: ReadonlyMap<string, Fate>;
  /** `null` if it could not be drawn. */
  readonly picture: Picture | null | undefined;
  readonly hidden: ReadonlySet<string>;
  readonly drawing: Drawing;
  readonly zoom: Zoom;
}

/** The height of the toolbar below the picture, which covers none of it. */
const BAR = 34;

/** The most pictures side by side. */
const MOST_BESIDE = 4;

const Place = styled("div")({
  flex: "1 1 auto",
  minHeight: 140,
  position: "relative",
  overflow: "hidden",
  background: "rgba(128, 128, 128, 0.16)",
  cursor: "grab",
  touchAction: "none",
  "&:active": { cursor: "grabbing" },
});

/** The picture of the group, as large as the panel allows. The wheel zooms; dragging moves it. */
export const Stage = React.memo(function Stage({ group, fates, picture, hidden, drawing, zoom }: Props) {
  const [size, setSize] = React.useState({ width: 480, height: 320 });
  const place = React.useRef<HTMLDivElement>(null);
  const zoomRef = React.useRef(zoom);
  zoomRef.current = zoom;
  const roomRef = React.useRef<readonly [number, number]>([1, 1]);
  roomRef.current = picture ? roomOf(size, picture) : [1, 1];

  React.useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const measure = () => setSize({ width: Math.max(1, element.clientWidth), height: Math.max(1, (element.clientHeight || 320) - BAR) });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    // React listens passively, so that it could not keep the panel from scrolling
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const [rx, ry] = roomRef.current;
      zoomRef.current.by(event.deltaY < 0 ? 1.2 : 1 / 1.2, rx * ((event.clientX - box.left) / box.width - 0.5), ry * ((event.clientY - box.top) / (box.height - BAR) - 0.5));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => {
      observer.disconnect();
      element.removeEventListener("wheel", onWheel);
    };
  }, []);

  function onPointerMove(event: React.PointerEvent<HTMLElement>) {
    if (event.buttons !== 1) return;
    const [rx, ry] = roomRef.current;
    zoom.move((rx * event.movementX) / size.width, (ry * event.movementY) / size.height);
  }

  const shown = drawing.beside && group !== null && group.members.length > 1 ? group.members.slice(0, MOST_BESIDE).map((member) => member.label_id) : [null];
  const isTall = size.height > size.width;
  const rows = isTall ? shown.length : Math.ceil(shown.length / 2);
  const columns = Math.ceil(shown.length / rows);
  return (
    <Place ref={place} onPointerMove={onPointerMove} data-cy="stage">
      {picture === undefined && <Skeleton variant="rectangular" width="100%" height="100%" data-cy="stage-waiting" sx={{ "@media (prefers-reduced-motion: reduce)": { animation: "none" } }} />}
      {picture === null && <Box sx={{ p: 2, fontSize: 13, color: "text.secondary" }}>This picture could not be drawn.</Box>}
      {picture != null && group !== null && (
        <Box sx={{ position: "absolute", inset: `0 0 ${BAR}px`, display: "grid", gridTemplateColumns: `repeat(${columns}, 1fr)`, gap: "2px" }}>
          {shown.map((only) => (
            <ReviewPicture
              key={only ?? "all"}
              picture={picture}
              group={group}
              fates={fates}
              hidden={hidden}
              drawing={drawing}
              view={zoom.view}
              width={(size.width - 2 * (columns - 1)) / columns}
              height={(size.height - 2 * (rows - 1)) / rows}
              only={only}
            />
          ))}
        </Box>
      )}
    </Place>
  );
});

/** Returns the width and height of the stage over those of the whole picture in it. */
function roomOf({ width, height }: { readonly width: number; readonly height: number }, picture: Picture): readonly [number, number] {
  const scale = Math.min(width / picture.width, height / picture.height);
  return [width / (picture.width * scale), height / (picture.height * scale)];
}
