/** A CVAT server with one round trip, taken from the examples of the messages. */
import type { AnswerOf, CvatPreview, CvatTrip } from "../../panel/src/protocol/messages";
import listed from "../messages/list_cvat.json";
import loaded from "../messages/load_from_cvat.json";
import preview from "../messages/preview_cvat_load.json";
import sent from "../messages/send_to_cvat.json";
import status from "../messages/cvat_status.json";
import upload from "../messages/cvat_preview_upload.json";

/** The answers of the server, which a test can change. */
export interface FakeCvat {
  status: AnswerOf<"cvat_status">;
  upload: AnswerOf<"cvat_preview_upload">;
  trips: CvatTrip[];
  preview: CvatPreview;
  loaded: AnswerOf<"load_from_cvat">;
  /** The number of tasks that a discarded trip still has. */
  discarded: number;
}

function answerOf({ reply }: { reply: Record<string, unknown> }) {
  const { ok: _ok, request_id: _id, ...answer } = reply;
  return answer as never;
}

export function fakeCvat() {
  const state: FakeCvat = {
    status: answerOf(status),
    upload: answerOf(upload),
    trips: structuredClone(listed.reply.trips) as CvatTrip[],
    preview: { ...(answerOf(preview) as CvatPreview), emptied: 0 },
    loaded: answerOf(loaded),
    discarded: 1,
  };
  const answers = {
    cvat_status: () => state.status,
    cvat_preview_upload: () => state.upload,
    send_to_cvat: (): object => answerOf(sent),
    list_cvat: () => ({ trips: state.trips }),
    preview_cvat_load: () => state.preview,
    show_cvat_labels: () => ({ own_view: null }),
    load_from_cvat: () => state.loaded,
    move_cvat: ({ url }: { url: string | null }) => {
      const host = url?.replace("https://", "") ?? "cvat.example.org";
      state.trips = state.trips.map((trip) => ({ ...trip, host, problem: null }));
      return { host, tasks: 1 };
    },
    discard_cvat: ({ trip_id, forget }: { trip_id: string; forget: boolean }) => {
      state.trips = state.trips.filter((trip) => trip.trip_id !== trip_id);
      return { deleted: forget ? null : state.discarded };
    },
  };
  return { state, answers };
}
