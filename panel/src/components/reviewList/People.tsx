import * as React from "react";
import type { Actions } from "../../actions/actions";
import type { Person } from "../../state/review/sitting";
import { counted } from "../../words/format";
import { personText } from "../../words/review/verdicts";
import { MenuButton } from "../widgets/MenuButton";
import { NameForm } from "./NameForm";

interface Props {
  readonly people: readonly Person[];
  readonly actions: Actions;
  readonly onOpen: () => Promise<void>;
}

/** The number of verdicts of each person, and the name of the person at this browser. */
export function People({ people, actions, onOpen }: Props) {
  const own = actions.reviewer();
  const others = people.filter((person) => person.who !== null && !actions.isOwn(person));
  // a person may use several browsers
  const names = [...new Set(others.map(({ who }) => who))];
  const label = names.length === 0 ? (own ?? "") || "You" : names.length === 1 ? `with ${names[0]}` : `with ${counted(names.length, "other")}`;
  return (
    <MenuButton label={label} name={`People: ${label}`} title="People" at="belowLeft" cy="people" sx={BUTTON} inside={INSIDE} onOpen={() => void onOpen()}>
      {(close) => (
        <>
          {people.length === 0 && <div>No one has judged these labels yet.</div>}
          {people.map((person) => (
            <div key={JSON.stringify([person.who, person.browser])} data-cy="person">
              {personText(person, Date.now())}
              {person.who !== null && (actions.isOwn(person) ? " (you)" : person.who === own ? " (in another browser)" : "")}
            </div>
          ))}
          <NameForm actions={actions} onDone={close} />
        </>
      )}
    </MenuButton>
  );
}

const BUTTON = { py: 0, minWidth: 0, fontSize: 12 };
const INSIDE = { width: 300, p: 1.5, fontSize: 13, lineHeight: 1.6 };
