/**
 * A stream of events from the server. A browser opens at most six connections to a server, so the stream is closed while
 * the tab is hidden, and when nothing trains any more; `start` opens it again.
 */

const QUIET = 1000; // milliseconds after which a stream is closed in which nothing trains
const RETRY = 2000; // milliseconds after which a stream that has broken off is opened again

export class Stream {
  /**
   * @param {() => Promise<string>} address
   * @param {(event: any) => void} onEvent
   * @param {() => Promise<unknown>} revive see that there is a session, after the stream has broken off
   * @param {(problem: unknown) => void} report why it cannot be opened again, and null once it is
   */
  constructor(address, onEvent, revive, report) {
    this.report = report;
    this.address = address;
    this.onEvent = onEvent;
    this.revive = revive;
    /** @type {EventSource | null} */
    this.source = null;
    this.isEnded = this.isLost = false;
    /** @type {number | undefined} */
    this.timer = undefined;
    this.change = () => (document.hidden ? this.close() : this.start());
    document.addEventListener("visibilitychange", this.change);
    this.start();
  }

  start() {
    clearTimeout(this.timer);
    void this.open().catch(() => {});
  }

  async open() {
    const isWanted = () => !this.source && !document.hidden && !this.isEnded;
    if (!isWanted()) return;
    const address = await this.address();
    if (!isWanted()) return;
    this.source = new EventSource(address);
    this.source.onmessage = (event) => this.take(JSON.parse(event.data));
    this.source.onerror = () => {
      this.close();
      this.retry();
    };
  }

  /** @param {any} event */
  take(event) {
    clearTimeout(this.timer);
    const isBusy = event.restoring && !event.restoring.is_over;
    const isQuiet = !isBusy && Object.values(event.runs).every(({ status }) => status !== "running");
    if (isQuiet) this.timer = window.setTimeout(() => this.close(), QUIET);
    this.onEvent(event);
  }

  retry() {
    if (this.isEnded) return;
    this.timer = window.setTimeout(() => this.revive().then(() => this.found(), (problem) => this.lost(problem)), RETRY);
  }

  found() {
    if (this.isLost) this.report(null);
    this.isLost = false;
    this.start();
  }

  /** @param {unknown} problem */
  lost(problem) {
    if (this.isEnded) return;
    this.isLost = true;
    this.report(problem);
    this.retry();
  }

  close() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  end() {
    this.isEnded = true;
    document.removeEventListener("visibilitychange", this.change);
    this.close();
  }
}
