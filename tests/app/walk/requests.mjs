// The requests of the panel: what they ask, and when all of them are answered.
import { APP_DATASET, page, until as waitFor } from "../app.mjs";
import { cutShown, isEmpty, isEnabled, isIn, isOutOfDate, text } from "./shown.mjs";

/** The page of a walk: the dataset, with the panel open. */
export const PAGE = `${APP_DATASET}?workspace=panel`;

/** The plan of the newest request that the panel made with one. */
export let plan = null;
/** The number of requests of the panel that are not answered yet. */
let pending = 0;

/** The five facts are no matter of time: on a busy computer a group may take half a minute to be drawn. */
export const until = (condition, what) => waitFor(condition, what, 90);

export function follow() {
  // the estimate and the settings move no number that is checked
  const isOperator = (request) => request.url().includes("/operators/execute") && !/"__method__":"(count_cost|save_settings)"/.test(request.postData() ?? "");
  page.on("request", (request) => {
    if (!isOperator(request)) return;
    pending++;
    const sent = request.postDataJSON()?.params;
    if (sent?.scan_key) plan = { ...plan, ...sent };
  });
  page.on("requestfailed", (request) => {
    if (isOperator(request)) pending--;
  });
  // a verdict replaces the scan, and not every replacement is asked about
  page.on("requestfinished", async (request) => {
    if (!isOperator(request)) return;
    const body = await (await request.response())?.text().catch(() => "");
    const made = /"summary": ?\{[^{}]*?"scan_key": ?"([^"]+)"/.exec(body ?? "")?.[1];
    if (made) plan = { ...plan, scan_key: made };
    pending--;
  });
}

/** Waits until nothing is in progress and every number that the panel will show is there. */
export async function settled() {
  await page.waitForTimeout(50);
  // an answer may lead to the next request
  for (let quiet = 0; quiet < 3; quiet = pending <= 0 ? quiet + 1 : 0) {
    await until(() => pending <= 0, "the answers to the panel");
    await page.waitForTimeout(60);
  }
  // the menu is disabled while labels or the view are changed
  await until(async () => (await isEnabled("export")) || (await isEmpty()), "the end of an action");
  await until(async () => !(await isIn("run")), "the end of a run");
  await until(async () => (await isIn("review")) || /up to date|out of date|deleted|another view/.test(await text("scan-line")), "whether the scan is up to date");
  await until(async () => (await isIn("review")) || (await isEmpty()) || (await isOutOfDate()) || /nothing would|no label of|, in [\d,]+ image/i.test(await text("sentence")), "the counts");
}

/** The cut on the screen, and the scan that it is of. */
export const cutNow = async () => ({ ...(await cutShown()), scan_key: plan?.scan_key ?? null });
