// GraphiQL ends a subscription as soon as another tab is opened. Watching in one tab what another tab does is the
// point of our pairs, so here a subscription belongs to its tab: it goes on in the background, and its tab counts news.

import { formatError, formatResult } from "@graphiql/toolkit";

/** A pull iterator over pushed results, as GraphiQL's `run` reads it; `onStop` is called when GraphiQL lets go. */
function channel(onStop) {
  const queue = [];
  let wake = () => {};
  let ended = false;
  let failure = null;
  return {
    push(result) {
      queue.push(result);
      wake();
    },
    finish(error = null) {
      ended = true;
      failure = error;
      wake();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      while (queue.length === 0 && !ended) await new Promise((resolve) => (wake = resolve));
      if (queue.length > 0) return { done: false, value: queue.shift() };
      if (failure) throw failure;
      return { done: true, value: undefined };
    },
    return() {
      ended = true;
      wake();
      onStop();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}

export class LiveTabs {
  /** Called whenever `badges` may have changed. */
  onChange = () => {};
  /** Called when GraphiQL stopped reading the active tab's subscription only because that tab was clicked again. */
  onRevive = () => {};

  #tabs = [];
  #active = null;
  #moves = 0;
  #watches = new Map();

  /** GraphiQL says that its tabs changed: one was opened, left, moved, closed or edited. */
  move(state) {
    this.#moves += 1;
    this.follow(state);
  }

  /** Takes over GraphiQL's tab state; to be called before anything else reads it. */
  follow({ tabs, activeTabIndex }) {
    this.#tabs = tabs;
    this.#active = tabs[activeTabIndex]?.id ?? null;
    for (const [id, watch] of this.#watches) {
      if (!tabs.some((tab) => tab.id === id)) this.#end(id, watch);
    }
    this.onChange();
  }

  get tabs() {
    return this.#tabs;
  }

  get activeId() {
    return this.#active;
  }

  /** True when the active tab has a subscription in the background that wants its editor back. */
  get waiting() {
    return this.#watches.has(this.#active) && !this.#watches.get(this.#active).reader;
  }

  /** True when GraphiQL still reads a subscription of a tab that is no longer the active one. */
  get attachedElsewhere() {
    return [...this.#watches].some(([id, watch]) => watch.reader && id !== this.#active);
  }

  /** Per tab that is live: `{ index, news }`, news being the events not looked at yet. */
  get badges() {
    return this.#tabs.flatMap((tab, index) => {
      const watch = this.#watches.get(tab.id);
      return watch ? [{ index, news: watch.news }] : [];
    });
  }

  /** Gives the active tab's background subscription back to GraphiQL, beginning with what was last heard. */
  resume() {
    const watch = this.#watches.get(this.#active);
    this.#attach(this.#active, watch);
    if (watch.last) watch.reader.push(watch.last);
    return watch.reader;
  }

  /** Follows `source`, an async iterator of results, on behalf of the active tab. */
  start(source) {
    const id = this.#active;
    const watch = { source, reader: null, last: null, news: 0 };
    this.#watches.set(id, watch);
    this.#attach(id, watch);
    this.#pump(id, watch);
    return watch.reader;
  }

  #attach(id, watch) {
    watch.news = 0;
    watch.reader = channel(() => this.#detach(id, watch));
    this.onChange();
  }

  /** GraphiQL stops a subscription alike for its stop button and for a click on a tab; only the latter moves tabs. */
  #detach(id, watch) {
    watch.reader = null;
    const before = this.#moves;
    queueMicrotask(() => {
      if (this.#watches.get(id) !== watch || id !== this.#active) return;
      if (this.#moves === before) this.#end(id, watch);
      else this.onRevive();
    });
  }

  #end(id, watch) {
    this.#watches.delete(id);
    watch.source.return?.();
    this.onChange();
  }

  async #pump(id, watch) {
    let failure = null;
    try {
      for await (const result of watch.source) this.#deliver(id, watch, result);
    } catch (error) {
      failure = error;
    }
    if (this.#watches.get(id) !== watch) return;
    this.#watches.delete(id);
    if (watch.reader) watch.reader.finish(failure);
    else if (failure) this.#show(id, formatError(failure));
    this.onChange();
  }

  #deliver(id, watch, result) {
    watch.last = result;
    if (watch.reader) {
      watch.reader.push(result);
      return;
    }
    watch.news += 1;
    this.#show(id, formatResult(result));
    this.onChange();
  }

  /** A tab that is not on screen has no editor: GraphiQL shows the tab's own `response` when it is opened. */
  #show(id, response) {
    const tab = this.#tabs.find((candidate) => candidate.id === id);
    if (tab) tab.response = response;
  }
}
