import * as React from "react";
import type { Sitting } from "../../state/review/sitting";
import { currentEntry } from "../../state/review/order";
import type { ReviewPlace } from "../../state/review/place";
import type { Actions } from "../actions";
import { makeReviewStore, type ReviewStore } from "./store";

/** The place is remembered once a group has been shown for this long. */
const SETTLE_MS = 700;
/** The time between two requests for the progress of other people. */
const FOLLOW_MS = 15_000;

/** A sitting of Review on the groups of a plan. When it ends, the open scan is made to respect its verdicts. */
export function useSitting(planKey: string, place: ReviewPlace, actions: Actions): { readonly sitting: Sitting; readonly store: ReviewStore } {
  const store = React.useMemo(() => makeReviewStore(actions, () => new Date().toISOString()), [actions]);
  const sitting = React.useSyncExternalStore(store.subscribe, store.get);
  const start = React.useRef<ReviewPlace | null>(place);
  const listKey = JSON.stringify([planKey, place.order, place.filters]);

  React.useEffect(() => store.resend(), [store]);

  React.useEffect(() => {
    void store.load(start.current?.at ?? [], start.current?.documentId ?? null);
    start.current = null;
    void store.countReviewed();
  }, [store, listKey]);

  const at = currentEntry(sitting)?.label_ids ?? null;
  React.useEffect(() => {
    if (at === null) return;
    const timer = setTimeout(() => actions.changeReview({ at, documentId: null }), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [at, actions]);

  React.useEffect(() => {
    void store.follow();
    const timer = setInterval(() => void store.follow(), FOLLOW_MS);
    return () => {
      clearInterval(timer);
      void store.stored().then(() => (store.wrote() ? actions.settleVerdicts() : undefined));
    };
  }, [store, actions]);

  return { sitting, store };
}
