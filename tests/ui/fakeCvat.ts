/** A CVAT server with one round trip, as the examples of the messages tell of it. */
import discarded from "../messages/discard_cvat.json";
import listed from "../messages/list_cvat.json";
import loaded from "../messages/load_from_cvat.json";
import preview from "../messages/preview_cvat_load.json";
import sent from "../messages/send_to_cvat.json";
import status from "../messages/cvat_status.json";
import upload from "../messages/cvat_preview_upload.json";

function answerOf({ reply }: { reply: Record<string, unknown> }): () => Record<string, unknown> {
  const { ok: _ok, request_id: _id, ...answer } = reply;
  return () => answer;
}

export const fakeCvat = {
  cvat_status: answerOf(status),
  cvat_preview_upload: answerOf(upload),
  send_to_cvat: answerOf(sent),
  list_cvat: answerOf(listed),
  preview_cvat_load: answerOf(preview),
  load_from_cvat: answerOf(loaded),
  discard_cvat: answerOf(discarded),
};
