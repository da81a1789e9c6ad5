import { Box, Button, TextField } from "@mui/material";
import * as React from "react";
import type { Actions } from "../../actions/actions";
import type { ReviewStore } from "../../actions/sitting/store";
import type { AnswerOf } from "../../protocol/messages";
import { counted, grouped } from "../../words/format";
import { Reason } from "../widgets/Reason";
import { FORM_FIELD } from "../widgets/theme";

interface Props {
  readonly store: ReviewStore;
  /** Whether verdicts are not stored yet, so that nothing can be counted. */
  readonly pending: boolean;
  readonly actions: Actions;
  readonly onDone: () => void;
}

const FIRST = "0.95";

/** Accepts what is almost certain at once, after it has shown how much that is. */
export function AcceptAbove({ store, pending, actions, onDone }: Props) {
  const [typed, setTyped] = React.useState(FIRST);
  const [found, setFound] = React.useState<AnswerOf<"accept_above"> | null>(null);
  const [asked, setAsked] = React.useState(false);
  const value = Number(typed.replace(",", "."));
  const valid = Number.isFinite(value) && value > 0 && value < 1;

  React.useEffect(() => {
    setFound(null);
    setAsked(false);
    if (!valid || pending) return;
    let late = false;
    const timer = setTimeout(() => void actions.countAbove(value).then((answer) => !late && setFound(answer)), 250);
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [value, valid, pending, actions]);

  async function accept() {
    if (found === null) return;
    onDone();
    if (await actions.acceptAbove(value, found.digest)) void store.load([]).then(store.follow).then(store.countReviewed);
  }

  const uncounted = !valid ? "Enter a likelihood between 0 and 1." : pending ? "Wait until the verdicts are stored." : "The pairs are being counted.";
  const why = found === null ? uncounted : found.pairs === 0 ? "No undecided pair is this likely." : null;
  const count = found === null ? "" : ` (${grouped(found.pairs)})`;
  return (
    <Box sx={{ borderTop: 1, borderColor: "divider", pt: 1.5 }}>
      <Box sx={{ display: "flex", alignItems: "center", gap: 1 }}>
        <TextField size="small" label="Likelihood" value={typed} error={!valid} onChange={(event) => setTyped(event.target.value)} InputLabelProps={{ shrink: true }} inputProps={{ inputMode: "decimal", "aria-label": "Accept pairs above this likelihood", "data-cy": "accept-likelihood" }} sx={{ ...FORM_FIELD, width: 92 }} />
        <Reason why={why}>
          <Button size="small" variant="outlined" color="secondary" disabled={why !== null} aria-expanded={asked} onClick={() => setAsked(!asked)} data-cy="accept" sx={{ textTransform: "none" }}>
            {valid ? `Accept all above ${value}${count}…` : "Accept all…"}
          </Button>
        </Reason>
      </Box>
      {asked && found !== null && (
        <Box data-cy="accept-plan" sx={{ mt: 1, lineHeight: 1.5 }}>
          {counted(found.pairs, "undecided pair")} would get the verdict “duplicate”, as proposed: {counted(found.labels, "label")} in {counted(found.images, "image")} would be removed when you apply it. Nothing is removed now.
          <Box sx={{ mt: 0.5 }}>
            <Button size="small" variant="contained" disableElevation onClick={() => void accept()} data-cy="accept-now" sx={{ color: "#161616", textTransform: "none" }}>
              Accept {grouped(found.pairs)}
            </Button>
          </Box>
        </Box>
      )}
    </Box>
  );
}
