/** The page's way to its server: requests in JSON, with the token of the page and the key of its session inside. */

import { Stream } from "./stream.js";

const KEEP_PATH = "/api/session/keep";
const WITHOUT_SESSION = ["/api/session/open", "/api/session/check", "/api/choices", "/api/break/experiments"]; // a wrong address cannot hinder these
const DRAW_PATH = "/api/draw/"; // of requests that change nothing
const KEEP = 30_000; // milliseconds between signs that the tab is still open

/** What the server says of a request that it cannot do. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} message
   * @param {number} [step] the last that can be shown, where the network has diverged
   */
  constructor(status, message, step) {
    super(message);
    this.status = status;
    this.step = step;
  }
}

const token = /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="token"]')).content;

export class Api {
  /**
   * @param {() => Promise<import("./settings.js").Job>} job what a new session trains; refused if the address is wrong
   * @param {(problem: unknown) => void} refused called when no session can be opened
   */
  constructor(job, refused) {
    this.job = job;
    this.refused = refused;
    this.hasLeft = false;
    /** @type {Promise<string> | null} */
    this.session = null;
    /** @type {Set<Stream>} */
    this.streams = new Set();
    addEventListener("pagehide", () => this.leave());
    setInterval(() => this.session && this.post(KEEP_PATH, {}).catch(() => {}), KEEP);
  }

  /**
   * @param {string} _what a view, "tour", or "settings" that can be changed
   * @returns {boolean} whether the page has it: with a server, all
   */
  has(_what) {
    return true;
  }

  /** @returns {Promise<string>} the key of the session, which is opened when it is first needed; never of a page that is left */
  key() {
    if (this.hasLeft) return new Promise(() => {}); // a request under way must not open another one
    if (!this.session) {
      this.session = this.open();
      this.session.then(() => this.wake(), (problem) => {
        this.session = null;
        this.refused(problem);
      });
    }
    return this.session;
  }

  /** @returns {Promise<string>} the key of a new session, with the settings as they are by then */
  async open() {
    const job = await this.job();
    try {
      return (await this.send("POST", "/api/session/open", job)).session;
    } catch (problem) {
      if (JSON.stringify(job) === JSON.stringify(await this.job())) throw problem;
      return this.open();
    }
  }

  /**
   * @param {string} path
   * @param {Record<string, any>} [params]
   * @returns {Promise<any>}
   */
  async get(path, params = {}) {
    const known = Object.entries(params).filter(([, value]) => value !== undefined && value !== null);
    const request = () => this.send("GET", `${path}?${new URLSearchParams(known)}`);
    return WITHOUT_SESSION.includes(path) ? request() : this.again(request);
  }

  /**
   * @param {string} path
   * @param {unknown} body a JSON value, or a Blob that is sent as it is
   * @returns {Promise<any>}
   */
  async post(path, body) {
    const answer = await this.again(() => this.send("POST", path, body));
    if (path !== KEEP_PATH && !path.startsWith(DRAW_PATH)) this.wake();
    return answer;
  }

  /**
   * Receive the events of a stream until the returned function is called; see stream.js.
   * @param {string} path
   * @param {Record<string, any>} params
   * @param {(event: any) => void} onEvent
   * @returns {() => void}
   */
  stream(path, params, onEvent) {
    const address = async () => `${path}?${new URLSearchParams({ ...params, session: await this.key() })}`;
    const stream = new Stream(address, onEvent, () => this.post(KEEP_PATH, {}), this.refused);
    this.streams.add(stream);
    return () => {
      this.streams.delete(stream);
      stream.end();
    };
  }

  /** Open the streams that had closed because nothing happened: something may happen now. */
  wake() {
    for (const stream of this.streams) stream.start();
  }

  /** End the session: the tab is being closed, or shows another page. */
  leave() {
    const session = this.session;
    this.hasLeft = true;
    session?.then((key) => {
      const headers = { "Content-Type": "application/json", "X-Token": token, "X-Session": key };
      return fetch("/api/session/close", { method: "POST", body: "{}", headers, keepalive: true });
    }).catch(() => {});
  }

  /**
   * Do what needs a session; if the server has given ours up, do it once more with a new one.
   * @param {() => Promise<any>} request
   */
  async again(request) {
    await this.key();
    try {
      return await request();
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status !== 410) throw problem;
      this.session = null;
      await this.key();
      return request();
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @returns {Promise<any>}
   */
  async send(method, path, body) {
    const key = WITHOUT_SESSION.includes(path.split("?")[0]) ? "" : await this.key();
    /** @type {Record<string, string>} */
    const headers = { "X-Token": token, ...(key && { "X-Session": key }) };
    const isFile = body instanceof Blob;
    if (method === "POST") headers["Content-Type"] = isFile ? "application/octet-stream" : "application/json";
    let response;
    try {
      response = await fetch(path, { method, headers, body: isFile ? body : JSON.stringify(body) });
    } catch {
      throw new Problem(0, "The server does not answer. Is mnist-nn play still running?");
    }
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
    if (response.ok) return isJson ? response.json() : response.blob();
    const { error, step } = isJson ? await response.json() : { error: `status ${response.status}` };
    throw new Problem(response.status, error, step);
  }
}
