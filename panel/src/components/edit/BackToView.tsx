import * as React from "react";
import { ActionButton } from "./ActionButton";
import { whyNotBack } from "./whyNot";

interface Props {
  readonly busy: string | null;
  /** Whether the App shows a view that the panel made. */
  readonly planView: boolean;
  readonly onBack: () => void;
}

export const BackToView = React.memo(function BackToView({ busy, planView, onBack }: Props) {
  return <ActionButton label="Back to your view" cy="back-to-view" why={whyNotBack(busy, planView)} onClick={onBack} />;
});
