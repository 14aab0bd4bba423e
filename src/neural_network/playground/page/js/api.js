/** The page's way to its server: requests in JSON, with the token of the page and the key of its session inside. */

const RETRY = 2000; // milliseconds, after a stream has broken off
const KEEP = 30_000; // milliseconds between signs that the tab is still open

/** What the server says of a request that it cannot do. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} message
   */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const token = /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="token"]')).content;

export class Api {
  /** @param {() => {data?: string, settings: Record<string, string>, until: number}} job what a new session trains */
  constructor(job) {
    this.job = job;
    /** @type {Promise<string> | null} */
    this.session = null;
    addEventListener("pagehide", () => this.leave());
    setInterval(() => this.session && this.post("/api/session/keep", {}).catch(() => {}), KEEP);
  }

  /**
   * @param {string} _view
   * @returns {boolean} whether a view can be shown: with a server, all can
   */
  has(_view) {
    return true;
  }

  /** @returns {Promise<string>} the key of the session, which is opened when it is first needed */
  key() {
    this.session ??= this.send("POST", "/api/session/open", this.job()).then((opened) => opened.session);
    this.session.catch(() => (this.session = null));
    return this.session;
  }

  /**
   * @param {string} path
   * @param {Record<string, any>} [params]
   * @returns {Promise<any>}
   */
  async get(path, params = {}) {
    const known = Object.entries(params).filter(([, value]) => value !== undefined && value !== null);
    return this.again(() => this.send("GET", `${path}?${new URLSearchParams(known)}`));
  }

  /**
   * @param {string} path
   * @param {unknown} body a JSON value, or a Blob that is sent as it is
   * @returns {Promise<any>}
   */
  async post(path, body) {
    return this.again(() => this.send("POST", path, body));
  }

  /**
   * Receive the events of a stream until the returned function is called. While the tab is hidden the stream is
   * closed, since a browser opens few connections to a server.
   * @param {string} path
   * @param {Record<string, any>} params
   * @param {(event: any) => void} onEvent
   * @returns {() => void}
   */
  stream(path, params, onEvent) {
    /** @type {EventSource | null} */
    let source = null;
    let ended = false;
    const open = async () => {
      if (source || document.hidden || ended) return;
      const session = await this.key();
      if (source || document.hidden || ended) return;
      source = new EventSource(`${path}?${new URLSearchParams({ ...params, session })}`);
      source.onmessage = (event) => onEvent(JSON.parse(event.data));
      source.onerror = () => {
        if (source?.readyState !== EventSource.CLOSED) return;
        close();
        if (!ended) setTimeout(again, RETRY);
      };
    };
    const start = () => void open().catch(() => {});
    const again = () => void this.post("/api/session/keep", {}).then(start, () => !ended && setTimeout(again, RETRY));
    const close = () => {
      source?.close();
      source = null;
    };
    const change = () => (document.hidden ? close() : start());
    document.addEventListener("visibilitychange", change);
    start();
    return () => {
      ended = true;
      document.removeEventListener("visibilitychange", change);
      close();
    };
  }

  /** End the session: the tab is being closed, or shows another page. */
  leave() {
    const session = this.session;
    this.session = null;
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
    const key = path === "/api/session/open" ? "" : await this.key();
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
    throw new Problem(response.status, isJson ? (await response.json()).error : `status ${response.status}`);
  }
}
