/** Exports to files. */
import type { Colors } from "../plot/marks";
import { plotOf } from "../plot/plot";
import { histogramSvg } from "../plot/svg";
import type { AnswerOf, PlanRef, TableName } from "../protocol/messages";
import { barsOf, outcomeOf } from "../state/cut/cut";
import { countsIn, isOpened, planOf } from "../state/model";
import { labelsCurve } from "../state/scan/scan";
import { keepLabel, measureOf } from "../words/decision";
import { type ExportKind, fileName, TABLES, tableName } from "../words/files";
import { counted } from "../words/format";
import { scopeLabel } from "../words/scan";
import { asText, sentenceAt } from "../words/sentence";
import type { Context } from "./context";

const PICTURE = { width: 760, height: 300, margins: { top: 12, right: 48, bottom: 40, left: 48 } };

export function exportActions({ ask, dispatch, model, host, say, busyWith }: Context) {
  function drawing(colors: Colors): { svg: string; plan: PlanRef } | null {
    const opened = model();
    const counts = countsIn(opened);
    const plan = planOf(opened);
    if (!isOpened(opened) || plan === null || counts === null) return null;
    const { overview, scan, cut, bars, counted: answer } = opened;
    const { summary } = scan;
    const plot = plotOf(scan, barsOf(scan, cut, bars), labelsCurve(scan, counts, cut.restriction), cut, PICTURE);
    const { numbers } = outcomeOf(scan, cut, counts, answer);
    const scope = `${scopeLabel(summary.scope.kind)}, ${counted(summary.samples, summary.unit)}`;
    const measure = measureOf(summary, cut.metric);
    const captions = {
      measure,
      title: `Largest ${measure} of each label · ${summary.params.label_field}`,
      subtitle: `${scope}, ${counted(summary.labels, "label")}, ${cut.method}, keep ${keepLabel(cut.keep, overview.keep_rules)}, scanned ${summary.created_at.slice(0, 10)}`,
      sentence: numbers === null ? "" : asText(sentenceAt(scan, cut, numbers)),
    };
    return { svg: histogramSvg(plot, cut.threshold, captions, colors), plan };
  }

  function exportSvg(colors: Colors): void {
    const drawn = drawing(colors);
    if (drawn) host().download(fileName(drawn.plan, "svg"), new Blob([drawn.svg], { type: "image/svg+xml" }));
  }

  async function exportPng(colors: Colors): Promise<void> {
    const drawn = drawing(colors);
    if (drawn === null) return;
    await busyWith("export", async () => {
      try {
        host().download(fileName(drawn.plan, "png"), await host().rasterize(drawn.svg));
      } catch (error) {
        const details = error instanceof Error ? error.message : String(error);
        dispatch({ type: "failed", failure: { message: "The browser could not draw the PNG.", advice: "Export the SVG instead.", details } });
      }
    });
  }

  async function exportReport(): Promise<void> {
    const plan = planOf(model());
    if (plan === null) return;
    const report = await busyWith("export", () => ask("write_report", plan));
    if (report !== null) host().download(report.filename, new Blob([report.html], { type: "text/html" }));
  }

  /** Exports a table, which the server sends in pieces of text. */
  async function exportTable(what: TableName, format: "csv" | "json"): Promise<void> {
    const plan = planOf(model());
    const pieces: string[] = [];
    let rows = 0;
    const whole = await busyWith("export", async () => {
      let cursor: string | null = null;
      do {
        const answer: AnswerOf<"export_rows"> | null = await ask("export_rows", { what, format, cursor, ...plan });
        if (answer === null) return false;
        pieces.push(answer.text);
        rows += answer.rows;
        cursor = answer.cursor;
      } while (cursor !== null);
      return true;
    });
    if (!whole) return;
    host().download(tableName(what, plan, format), new Blob(pieces, { type: format === "csv" ? "text/csv" : "application/json" }));
    say(`Exported ${TABLES[what].exported}: ${counted(rows, "row")}.`);
  }

  async function exportKind(kind: ExportKind, colors: Colors): Promise<void> {
    if (kind === "svg") return exportSvg(colors);
    if (kind === "png") return exportPng(colors);
    if (kind === "html") return exportReport();
    const [what, format] = kind.split("-") as [TableName, "csv" | "json"];
    return exportTable(what, format);
  }

  /** The details of the plan; `null` after a failure. */
  function planDetails(): Promise<AnswerOf<"plan_details"> | null> {
    const plan = planOf(model());
    return plan === null ? Promise.resolve(null) : ask("plan_details", plan);
  }

  return { exportKind, exportTable, planDetails };
}
