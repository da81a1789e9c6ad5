/** Changes of the cut. */
import type { ClassName } from "../protocol/messages";
import type { Cut } from "../state/cut/cut";
import { planOf } from "../state/model";
import { toggled } from "../state/scan/scan";
import { toThousandths } from "../state/decision/thresholds";
import { preciseText } from "../words/precise";
import type { Context } from "./context";

export function cutActions({ ask, dispatch, model, busyWith }: Context) {
  function changeCut(change: Partial<Cut>): void {
    dispatch({ type: "cut", change });
  }

  function changeThreshold(threshold: number, isSettled: boolean): void {
    changeCut(isSettled ? { threshold, settled: threshold } : { threshold });
  }

  /** Moves the cut to the lowest threshold at which enough removals are expected to be right. */
  async function findPrecise(precision: number): Promise<void> {
    const [plan, { scan }] = [planOf(model()), model()];
    if (plan === null || scan === null) return;
    const { iou_thresh: _, ...rest } = plan;
    const answer = await busyWith("precise", () => ask("find_precise", { ...rest, precision }));
    if (answer === null) return;
    if (answer.iou_thresh !== null) changeThreshold(toThousandths(answer.iou_thresh), true);
    dispatch({ type: "said", message: { text: preciseText(answer, precision, plan.metric, scan.summary), action: null, ofCut: true } });
  }

  function toggleClass(name: ClassName): void {
    const { cut } = model();
    if (cut !== null) changeCut({ restriction: toggled(cut.restriction, name) });
  }

  return { changeCut, changeThreshold, findPrecise, toggleClass, clearRestriction: () => changeCut({ restriction: null }) };
}
