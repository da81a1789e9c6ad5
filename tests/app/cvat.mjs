// CVAT's server as an annotator uses it: over HTTP, with the account that the App is configured for.
const { FIFTYONE_CVAT_URL: URL_OF_CVAT, FIFTYONE_CVAT_USERNAME: username, FIFTYONE_CVAT_PASSWORD: password } = process.env;
export const HOST = new URL(URL_OF_CVAT).host;

let cookies = null;

async function call(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  if (cookies !== null) {
    headers.Cookie = Object.entries(cookies).map((pair) => pair.join("=")).join("; ");
    headers["X-CSRFToken"] = cookies.csrftoken;
  }
  const answer = await fetch(`${URL_OF_CVAT}/api/${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return { said: await answer.json(), set: answer.headers.getSetCookie() };
}

async function asAnnotator(method, path, body) {
  if (cookies === null) {
    const { set } = await call("POST", "auth/login", { username, password });
    cookies = Object.fromEntries(set.map((cookie) => cookie.split(";")[0].split("=")));
  }
  return (await call(method, path, body)).said;
}

export const addressOf = (task) => `${URL_OF_CVAT}/tasks/${task.id}`;
export const tasks = async () => (await asAnnotator("GET", "tasks")).results;

async function allPages(path) {
  const found = [];
  for (let page = 1; ; page++) {
    const { results, next } = await asAnnotator("GET", `${path}&page=${page}`);
    found.push(...results);
    if (next === null) return found;
  }
}

/** The shapes of a task with the classes that they can have; `save` puts them back as they are then. */
export async function openTask(task) {
  const classes = await allPages(`labels?task_id=${task.id}`);
  const shapes = [];
  for (const job of await allPages(`jobs?task_id=${task.id}`)) {
    shapes.push(...(await asAnnotator("GET", `jobs/${job.id}/annotations`)).shapes);
  }
  const specs = new Map(classes.flatMap(({ attributes }) => attributes.map(({ id, name }) => [id, name])));
  const labelOf = (shape) => shape.attributes.find(({ spec_id }) => specs.get(spec_id) === "label_id")?.value;
  // CVAT refuses shapes with the ids that it gave them
  const unnumbered = ({ id: _, elements, ...shape }) => (elements ? { ...shape, elements: elements.map(unnumbered) } : shape);
  const save = (edited) => asAnnotator("PUT", `tasks/${task.id}/annotations`, { version: 0, tags: [], tracks: [], shapes: edited.map(unnumbered) });

  /** The shape with another of the task's classes. */
  function relabeled(shape) {
    const other = classes.find(({ id }) => id !== shape.label_id);
    const specOf = new Map(other.attributes.map(({ id, name }) => [name, id]));
    const attributes = shape.attributes.map(({ spec_id, value }) => ({ spec_id: specOf.get(specs.get(spec_id)), value }));
    return { name: other.name, shape: { ...shape, label_id: other.id, attributes } };
  }

  /** The shape with another text of one of its attributes. */
  function edited(shape, name, value) {
    const attributes = shape.attributes.map((one) => (specs.get(one.spec_id) === name ? { ...one, value } : one));
    return { ...shape, attributes };
  }
  return { shapes, labelOf, relabeled, edited, save };
}
