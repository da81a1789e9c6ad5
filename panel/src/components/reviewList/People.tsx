import { Box, Button, Popover } from "@mui/material";
import * as React from "react";
import type { Actions } from "../../actions/actions";
import type { Person } from "../../state/review/sitting";
import { counted } from "../../words/format";
import { personText } from "../../words/review/verdicts";
import { ChevronDown } from "../widgets/icons";
import { ground } from "../widgets/theme";
import { NameForm } from "./NameForm";

interface Props {
  readonly people: readonly Person[];
  readonly actions: Actions;
  readonly onOpen: () => Promise<void>;
}

/** The number of verdicts of each person, and the name of the person at this browser. */
export function People({ people, actions, onOpen }: Props) {
  const [anchor, setAnchor] = React.useState<HTMLElement | null>(null);
  const own = actions.reviewer();
  const others = people.filter((person) => person.who !== null && !actions.isOwn(person));
  // a person may use several browsers
  const names = [...new Set(others.map(({ who }) => who))];
  const label = names.length === 0 ? (own ?? "") || "You" : names.length === 1 ? `with ${names[0]}` : `with ${counted(names.length, "other")}`;
  const close = () => setAnchor(null);
  return (
    <>
      <Button
        size="small"
        color="secondary"
        endIcon={<ChevronDown />}
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        aria-label={`People: ${label}`}
        onClick={(event) => {
          setAnchor(event.currentTarget);
          void onOpen();
        }}
        data-cy="people"
        sx={{ py: 0, minWidth: 0, fontSize: 12, textTransform: "none" }}
      >
        {label}
      </Button>
      {anchor !== null && (
        <Popover open anchorEl={anchor} onClose={close} anchorOrigin={{ vertical: "bottom", horizontal: "left" }} PaperProps={{ sx: ground }}>
          <Box role="dialog" aria-label="People" sx={{ width: 300, maxWidth: "90vw", p: 1.5, fontSize: 13, lineHeight: 1.6 }}>
            {people.length === 0 && <div>No one has judged these labels yet.</div>}
            {people.map((person) => (
              <div key={JSON.stringify([person.who, person.browser])} data-cy="person">
                {personText(person, Date.now())}
                {person.who !== null && (actions.isOwn(person) ? " (you)" : person.who === own ? " (in another browser)" : "")}
              </div>
            ))}
            <NameForm actions={actions} onDone={close} />
          </Box>
        </Popover>
      )}
    </>
  );
}
